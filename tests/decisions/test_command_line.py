"""`synth decide` and `synth decisions`; and what the other verbs say of rows that people decided about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.copies import copied
from tests.acceptance.workshop import Workshop
from tests.cli.conftest import Cli, cli

__all__ = ["cli"]

SPEC = '''edition 1

record Page { id: str, group: "a" | "b" }
input pages: Page = jsonl("pages.jsonl") { key = id }

dataset lines {
  target = 3
  each page from pages
  gen line: str with writer """
    Line {{ page.id }}.
  """
  flag "look" when page.id == "p1"
  emit { line = line, level = 1, page = page.id }
  emit as words for word in ["x", "y"] { word = word }
}
'''
ADA = "Ada <ada@example.org>"


@pytest.fixture
def built(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setenv("SYNTH_AUTHOR", ADA)
    pages = [{"id": f"p{n}", "group": "ab"[n % 2]} for n in range(6)]
    return Workshop(copied("decisions", lambda root: Workshop(root).write(SPEC, pages=pages).build(), tmp_path))


def test_decide_is_one_commit_and_decisions_lists_it(cli: Cli, built: Workshop) -> None:
    done = cli("decide", "lines", "p0", "p2", "--reject", "--note", "too short")
    assert done.code == 0 and "Decide on 2 rows of lines: 2 rejected" in done.out
    assert cli("decide", "lines", "p1", "--edit", "line=by hand", "--edit", "level=2").code == 0
    listed = cli("decisions").out.splitlines()
    assert listed[:2] == [f"lines p0  rejected by {ADA}  applied", "  too short"]
    assert f"lines p1  edited by {ADA}  applied" in listed and '  + line = "by hand"' in listed
    found = cli("decisions", "lines", "--json").json
    assert [(one["key"], one["verdict"], one["state"]) for one in found] == [
        ("p0", "reject", "applied"),
        ("p1", "edit", "applied"),
        ("p2", "reject", "applied"),
    ]
    assert cli("decisions", "--stale").out == "every decision stands\n"


def test_the_next_build_refills_and_the_plan_says_so(cli: Cli, built: Workshop) -> None:
    cli("decide", "lines", "p0", "--reject")
    planned = cli("plan", "spec.synth").out
    assert "decisions changed" in planned and "1 rejected" in planned
    assert cli("build", "spec.synth").code == 0
    assert [row["key"] for row in built.rows("lines")] == ["p1", "p2", "p3"]
    assert "nothing to do" in cli("plan", "spec.synth").out


def test_why_says_who_rejected_a_row_and_blame_who_edited_a_cell(cli: Cli, built: Workshop) -> None:
    before = built.rows("lines")[1]["line"]
    cli("decide", "lines", "p0", "--reject", "--note", "too short")
    cli("decide", "lines", "p1", "--edit", "line=by hand")
    cli("decide", "lines", "p2/0", "--table", "words", "--reject")
    why = cli("why", "lines", "p0").out
    assert f"p0 was rejected by {ADA}: too short" in why and "synth decide lines p0 --withdraw" in why
    assert f"p2/0 was rejected by {ADA}" in cli("why", "lines", "p2/0").out
    assert f"edited by {ADA}" in cli("why", "lines", "p1").out
    blamed = cli("blame", "lines", "p1", "line").out
    assert f"edited by {ADA}" in blamed and '+ line = "by hand"' in blamed
    assert blamed.count(before.split()[0]) >= 2, "what the model wrote stands beside it, and in its call"
    cells = cli("blame", "lines", "p1", "line", "--json").json
    (edit,) = [cell for cell in cells if cell["kind"] == "decision"]
    assert (edit["value"], edit["generated"], edit["by"]) == ("by hand", before, ADA)
    assert "edited" not in cli("blame", "lines", "p1", "page").out


def test_decisions_are_a_table_and_a_cause(cli: Cli, built: Workshop) -> None:
    cli("decide", "lines", "p0", "--reject")
    cli("decide", "lines", "p1", "--edit", "level=3")
    rows = cli("sql", "select row, verdict, who from lines.decisions order by row", "--json").json
    assert rows == [{"row": "p0", "verdict": "reject", "who": ADA}, {"row": "p1", "verdict": "edit", "who": ADA}]
    (dataset,) = cli("diff", "main~2..main", "--json").json["datasets"]
    (cause,) = dataset["causes"]
    assert (cause["kind"], cause["state"], cause["after"]) == ("decisions", "added", "1 edited, 1 rejected")
    shown = cli("diff", "main~2..main").out
    assert "+ decisions added: 1 edited, 1 rejected" in shown
    assert "−1 now dropped by a person (0 → 1 in all): p0" in shown
    assert "dropped 1 by a person" in cli("show").out


def test_a_rejected_row_is_marked_for_nobody(cli: Cli, built: Workshop) -> None:
    assert "p1" in cli("show", "--flagged").out
    cli("decide", "lines", "p1", "--reject")
    assert cli("show", "--flagged").out == "no row is marked\n"


def test_what_is_withdrawn_is_as_it_was_made(cli: Cli, built: Workshop) -> None:
    before = built.rows("lines")
    cli("decide", "lines", "p0", "--reject")
    assert cli("decide", "lines", "p0", "--reject").out.startswith("nothing changes")
    assert cli("decide", "lines", "p0", "--withdraw").code == 0
    assert built.rows("lines") == before and cli("decisions").out == "nobody has decided anything\n"


def test_keys_come_from_stdin(cli: Cli, built: Workshop) -> None:
    done = cli("decide", "lines", "-", "--accept", "--json", stdin="p0\np2\n\np0\n")
    assert done.json["keys"] == ["p0", "p2"] and done.json["branch"] == "main"


def test_keys_come_as_sql_prints_them(cli: Cli, tmp_path: Path) -> None:
    names = ['a b,c"d', '"', " p ", "line\nbreak", "x/y"]
    Workshop(tmp_path).write(SPEC.replace("target = 3\n", ""), pages=[{"id": name, "group": "a"} for name in names])
    assert cli("build", "spec.synth").code == 0
    header, _, keys = cli("sql", "--format", "csv", "select key from lines").out.partition("\n")
    assert header == "key"
    done = cli("decide", "lines", "-", "--accept", "--json", stdin=keys)
    assert done.code == 0, done.err
    assert len(done.json["keys"]) == len(names)


def test_no_keys_at_all_are_a_mistake(cli: Cli, built: Workshop) -> None:
    done = cli("decide", "lines", "-", "--reject", stdin="\n")
    assert done.code == 2
    assert "no key came from stdin" in done.err


def test_a_split_table_is_found_by_the_row(cli: Cli, built: Workshop) -> None:
    built.edit("emit { line = line", "emit split by page.group { line = line")
    assert cli("build", "spec.synth").code == 0
    assert cli("decide", "lines", "p0", "p1", "--edit", "level=2").code == 0
    tables = {one["key"]: one["table"] for one in cli("decisions", "--json").json}
    assert tables == {"p0": "lines/a", "p1": "lines/b"}
    assert cli("decide", "lines", "p2", "--table", "a", "--accept").code == 0
    missing = cli("decide", "lines", "p9", "--reject")
    assert missing.code == 2 and "E1100" in missing.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["p0"], "E1109"),
        (["p0", "--reject", "--accept"], "E1109"),
        (["p9", "--reject"], "E1100"),
        (["p0", "--withdraw"], "E1108"),
        (["p0", "--edit", "level=high"], "E1103"),
        (["p0", "--edit", "level=1.5"], "E1103"),
        (["p0", "--edit", "leval=1"], "E1103"),
        (["p0", "--edit", "level"], "E1103"),
        (["p0", "--reject", "--table", "word"], "E1032"),
        (["p0", "--reject", "--branch", "nowhere"], "E1001"),
    ],
)
def test_mistakes_are_told(cli: Cli, built: Workshop, arguments: list[str], code: str) -> None:
    done = cli("decide", "lines", *arguments)
    assert done.code == 2 and code in done.err and done.out == ""


def test_deciding_on_a_protected_branch_is_refused(cli: Cli, built: Workshop) -> None:
    config = built.root / "synth.toml"
    config.write_text(f'{config.read_text()}\n[review]\napprovals = 1\nbranches = ["main"]\n')
    done = cli("decide", "lines", "p0", "--reject")
    assert done.code == 2 and "E1086" in done.err
    assert cli("branch", "tone").code == 0
    assert cli("decide", "lines", "p0", "--reject", "--branch", "tone").code == 0
