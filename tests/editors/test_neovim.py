"""A real Neovim writes specs: it shows mistakes, completes, leads to declarations, renames, lays out and runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.editors.grammar import needs_compiler
from tests.editors.neovim import PLUGIN, Neovim, needs_neovim, neovim
from tests.lsp.specs import FACTS, FAST, QUESTIONS, SHARED

pytestmark = [pytest.mark.editors, needs_neovim]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    """One for all tests: a server takes longer to start than to answer."""
    with neovim(tmp_path_factory.mktemp("project")) as found:
        yield found


@pytest.fixture
def editor(running: Neovim) -> Neovim:
    """No text is open, and the files are as they were."""
    running.fresh()
    files = {"synth.toml": FAST, "facts.jsonl": FACTS, "shared.synth": SHARED, "questions.synth": QUESTIONS}
    for name, text in files.items():
        (running.folder / name).write_text(text)
    return running


def opened(editor: Neovim, text: str = QUESTIONS) -> Neovim:
    (editor.folder / "questions.synth").write_text(text)
    editor.open("questions.synth")
    editor.attached()
    return editor


def test_a_broken_spec_shows_its_mistake_where_it_is_until_it_is_mended(editor: Neovim) -> None:
    opened(editor, QUESTIONS.replace("fact = fact.id", "fact = fact.ix"))
    (found,) = editor.until(lambda: editor.lua("return vim.diagnostic.get(0)"))
    assert (found["code"], found["lnum"], found["severity"]) == ("E0312", 10, 1)
    assert found["message"].startswith("`fact` has no field `ix`")
    editor.at("fact.ix", 5)
    editor.keys("ciwid<Esc>")
    editor.until(lambda: not editor.codes)
    assert editor.text == QUESTIONS


def test_a_field_is_completed_while_one_types(editor: Neovim) -> None:
    opened(editor).at("fact = fact.id")
    editor.keys("f.lC<C-x><C-o>")
    items = editor.until(lambda: editor.nvim.call("complete_info", ["items"])["items"])
    assert [item["word"] for item in items if item["kind"] == "Field"] == ["id", "text"]
    editor.keys("<C-n><C-y>")
    editor.until(lambda: editor.line == "  emit { question = question, fact = fact.text")


def test_the_cursor_goes_to_a_definition_in_another_file_and_back(editor: Neovim) -> None:
    opened(editor).at("= ask(", 2)
    editor.keys("<C-]>")
    editor.until(lambda: editor.file == "shared.synth")
    assert editor.line.startswith("prompt ask(")
    editor.keys("<C-t>")
    editor.until(lambda: editor.file == "questions.synth")


def test_a_record_is_renamed_in_both_files(editor: Neovim) -> None:
    opened(editor).at("facts: Fact", 7)
    editor.lua('vim.lsp.buf.rename("Truth")')
    editor.until(lambda: "Truth" in editor.text)
    editor.nvim.command("silent wall!")
    assert (editor.folder / "questions.synth").read_text() == QUESTIONS.replace("Fact", "Truth")
    assert (editor.folder / "shared.synth").read_text() == SHARED.replace("Fact", "Truth")
    assert editor.codes == []


def test_a_spec_is_laid_out(editor: Neovim) -> None:
    tidy = QUESTIONS.replace("edition 1\n", "edition 1\n\n")
    untidy = tidy.replace("  draw word ~", "      draw   word~").replace(", fact = fact", " ,fact=fact")
    opened(editor, untidy)
    editor.lua(LAY_OUT)
    editor.until(lambda: editor.text == tidy)


LAY_OUT = """
if vim.lsp.buf.format then vim.lsp.buf.format({ timeout_ms = 10000 }) else vim.lsp.buf.formatting_sync(nil, 10000) end
"""


def test_what_stands_under_the_cursor_is_explained(editor: Neovim) -> None:
    opened(editor).at("fact.id", 5)
    editor.lua("vim.lsp.buf.hover()")
    editor.until(lambda: len(editor.nvim.windows) == 2)
    shown = editor.nvim.windows[1].buffer[:]
    assert shown[0] == "id: str"
    assert "shared.synth:5" in shown[-1]


def test_a_test_is_run_and_its_answer_is_a_page(editor: Neovim) -> None:
    opened(editor)
    editor.nvim.command("Synth test a question is kept")
    editor.until(lambda: editor.nvim.current.buffer.options["filetype"] == "markdown")
    assert "a question is kept" in editor.text
    assert editor.nvim.current.buffer.options["modifiable"] is False


def test_a_lens_is_shown_and_run(editor: Neovim) -> None:
    opened(editor)
    lenses = editor.until(lambda: editor.lua("vim.lsp.codelens.refresh(); return vim.lsp.codelens.get(0)"))
    assert "run test" in [lens["command"]["title"] for lens in lenses if "command" in lens]
    editor.at('"a question is kept"')
    editor.lua("vim.lsp.codelens.run()")
    editor.until(lambda: editor.nvim.current.buffer.options["filetype"] == "markdown")
    assert "a question is kept" in editor.text


def test_the_configuration_is_checked_too(editor: Neovim) -> None:
    editor.open("synth.toml")
    editor.attached()
    editor.nvim.command('%s/engine = "fast"/engine = "fats"/')
    (found,) = editor.until(lambda: editor.lua("return vim.diagnostic.get(0)"))
    assert found["lnum"] == 3


def test_files_of_one_project_share_a_server_which_ends_with_the_editor(editor: Neovim, tmp_path: Path) -> None:
    shutil.copytree(editor.folder, tmp_path / "own", ignore=shutil.ignore_patterns(".nvim"))
    with neovim(tmp_path / "own") as alone:
        for name in ("questions.synth", "shared.synth"):
            alone.open(name)
            alone.attached()
        servers = [found for found in psutil.Process(alone.nvim.call("getpid")).children() if "lsp" in found.cmdline()]
        assert len(servers) == 1
    assert psutil.wait_procs(servers, timeout=10)[1] == []


def test_a_file_is_coloured_and_laid_out_before_any_server(editor: Neovim, tmp_path: Path) -> None:
    shutil.copy(editor.folder / "questions.synth", tmp_path)
    with neovim(tmp_path) as alone:
        alone.lua('vim.g.synth_command = { "no-such-program" }')
        alone.open("questions.synth")
        options = alone.nvim.current.buffer.options
        assert [options[name] for name in ("filetype", "commentstring", "shiftwidth")] == ["synth", "# %s", 2]
        assert "no `no-such-program` on PATH" in alone.nvim.command_output("messages")
        groups = [alone.lua(GROUP, row, column) for row, column in ((1, 1), (2, 6), (4, 22), (6, 1), (8, 31))]
    assert groups == [f"synth{kind}" for kind in ("Keyword", "String", "Function", "Keyword", "Number")]


GROUP = "local r, c = ... return vim.fn.synIDattr(vim.fn.synID(r, c, 1), 'name')"


@needs_compiler
def test_the_parser_is_installed_by_one_command_and_reads_a_spec(tmp_path: Path) -> None:
    shutil.copytree(
        PLUGIN.parent, tmp_path / "editors", ignore=shutil.ignore_patterns("vscode", "parser"), symlinks=True
    )
    (tmp_path / "questions.synth").write_text(QUESTIONS)
    with neovim(tmp_path, tmp_path / "editors" / "neovim") as alone:
        assert alone.lua('return require("synth.parser").installed()') is False
        alone.nvim.command("SynthInstallParser")
        assert alone.lua('return require("synth.parser").installed()') is True
        alone.open("questions.synth")
        assert alone.lua(TREE) == ["file", False]
        for name in ("highlights", "folds", "locals", "indents", "injections", "textobjects"):
            assert alone.lua(QUERY, name) > 0, name


TREE = """
local root = vim.treesitter.get_parser(0, "synth"):parse()[1]:root()
return { root:type(), root:has_error() }
"""
QUERY = """
local query = (vim.treesitter.query.get or vim.treesitter.query.get_query)("synth", ...)
return #query.captures
"""
