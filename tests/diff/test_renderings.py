"""What a person or a script is shown of a diff. `pytest --update-golden` rewrites the expected texts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from dsl.diagnostics.cells import text_width
from runtime.diff import Diff, View, diff, diff_json, render_html, render_markdown, render_text
from runtime.tables.schema import FLOAT, INT, STR, optional
from tests.diff import story
from tests.diff.builder import Builder, Version

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Diff:
    builder = Builder(tmp_path_factory.mktemp("story"), cut_rows=4)
    builder.commit("main", qa=story.before())
    builder.commit("main", qa=story.after())
    return anonymous(diff(builder.store, "main~1", "main"))


def anonymous(found: Diff) -> Diff:
    """Commit ids hold the author's name, which is the machine's."""
    return replace(found, a="a" * 40, b="b" * 40)


def check(request: pytest.FixtureRequest, name: str, text: str) -> None:
    path = GOLDEN / name
    if request.config.getoption("--update-golden", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def text_of(found: Diff, view: View | None = None, *, colour: bool = False) -> str:
    return "\n".join(render_text(found, view, colour=colour)) + "\n"


def test_text(request: pytest.FixtureRequest, compared: Diff) -> None:
    check(request, "story.txt", text_of(compared, View(limit=5)))


def test_markdown(request: pytest.FixtureRequest, compared: Diff) -> None:
    check(request, "story.md", "\n".join(render_markdown(compared, View(limit=3))) + "\n")


def test_json(request: pytest.FixtureRequest, compared: Diff) -> None:
    value = orjson.dumps(diff_json(compared, View(limit=3)), option=orjson.OPT_INDENT_2).decode()
    check(request, "story.json", value + "\n")


def test_colour_changes_nothing_but_marks_and_colours(compared: Diff) -> None:
    coloured, plain = (text_of(compared, View(limit=2), colour=colour) for colour in (True, False))
    assert "\x1b[31mstops\x1b[0m" in coloured
    assert "\x1b[" not in plain
    words = re.sub(r"\s+", " ", re.sub(r"\x1b\[\d+m", "", coloured))
    assert words == re.sub(r"\s+", " ", re.sub(r"\[-|-\]|\{\+|\+\}", "", plain))


def test_no_line_is_wider_than_80_cells(compared: Diff) -> None:
    assert max(text_width(line) for line in text_of(compared, View(limit=None)).splitlines()) <= 80


def test_stat_shows_no_rows(compared: Diff) -> None:
    shown = text_of(compared, View(stat=True))
    assert "+2 −2 ~7 =11" in shown
    assert "page00" not in shown


def test_only_and_columns_narrow_what_is_shown(compared: Diff) -> None:
    assert re.findall(r"^([-+~]) ", text_of(compared, View(only="removed")), re.MULTILINE) == ["-", "-"]
    shown = text_of(compared, View(columns=("note",)))
    assert re.findall(r"^~ (\S+)", shown, re.MULTILINE) == ["page03"]
    assert "messages" not in shown.split("Columns")[1].split("Measures")[0]


def test_several_tables_of_a_dataset_have_headings_and_retyped_columns_are_told(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    builder = Builder(tmp_path)
    rows = {(f"p{n}",): {"text": f"t{n}", "score": n} for n in range(3)}
    scored = {key: {"text": row["text"], "score": float(n), "tone": None} for n, (key, row) in enumerate(rows.items())}
    types = {"text": STR, "score": INT}
    builder.commit("main", qa=Version(tables={"good": (types, rows), "bad": (types, rows)}))
    after = {"good": ({"text": STR, "score": FLOAT, "tone": optional(STR)}, scored), "worse": (types, rows)}
    builder.commit("main", qa=Version(tables=after))
    check(request, "tables.txt", text_of(anonymous(diff(builder.store, "main~1", "main")), View(limit=1)))


def test_equal_commits_say_so(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    builder.commit("main", qa=story.before())
    found = diff(builder.store, "main", "main")
    assert not found
    assert text_of(found) == "main and main hold the same data\n"
    assert not diff_json(found)["different"]


def test_what_a_model_wrote_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    nasty = "\x1b[31m<script>alert(1)</script> [x](http://evil) **b** | @all `c` </details>\r\n# h"
    for text in ("fine words", nasty):
        builder.commit("main", qa=Version(tables={"qa": ({"text": STR}, {("\x1b[2J",): {"text": text}})}))
    found = diff(builder.store, "main~1", "main")
    assert "\x1b" not in text_of(found)
    markdown = "\n".join(render_markdown(found))
    assert "\x1b" not in markdown
    assert "<script>" not in markdown
    assert "[x](" not in markdown
    assert markdown.count("</details>") == 1
    assert all(line.count("|") == 3 for line in markdown.splitlines() if "alert" in line)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x9b", "\x07", "\u200b", "\ufeff"])
def test_what_hides_or_turns_text_around_is_shown_in_every_rendering(tmp_path: Path, sign: str) -> None:
    builder = Builder(tmp_path)
    for text in ("fine words", f"fine {sign}sdrow"):
        rows = {(f"k{sign}",): {f"col{sign}": text}, ("only here" + sign + text,): {f"col{sign}": sign}}
        sources = {"a.synth": f"edition 1\n# {text}\n```\n"}
        builder.commit("main", qa=Version(tables={"qa": ({f"col{sign}": STR}, rows)}, sources=sources))
    found = diff(builder.store, "main~1", "main")
    for shown in (text_of(found), "\n".join(render_markdown(found)), "\n".join(render_html(found))):
        assert "sdrow" in shown and sign not in shown
        assert f"&#{ord(sign)};" not in shown and f"&#x{ord(sign):x};" not in shown


def test_a_long_cell_is_shortened_around_its_changes(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    words = [f"word{n}" for n in range(500)]
    for text in (" ".join(words), " ".join([*words[:250], "changed", *words[251:]])):
        builder.commit("main", qa=Version(tables={"qa": ({"text": STR}, {("a",): {"text": text}})}))
    shown = text_of(diff(builder.store, "main~1", "main"))
    assert "[-word250-]{+changed+}" in shown
    assert len(shown.splitlines()) < 15


def test_the_page_about_diffs_shows_what_is_printed() -> None:
    page = Path(__file__).parents[2] / "docs" / "diff.md"
    assert f"```text\n{(GOLDEN / 'story.txt').read_text(encoding='utf-8')}```" in page.read_text(encoding="utf-8")


def test_the_page_about_diffs_names_every_key_of_the_json(compared: Diff) -> None:
    page = (Path(__file__).parents[2] / "docs" / "diff.md").read_text(encoding="utf-8")
    described = set(
        re.findall(r"\w+", " ".join(re.findall(r"`[^`]*`", page.split("## JSON")[1].split("## Python")[0])))
    )
    assert keys_of(diff_json(compared, View(limit=3))) <= described | {"nulls"}


def keys_of(value: object) -> set[str]:
    """Every key anywhere in a JSON value but those of rows' own columns."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return set(value).union(
        *(keys_of(inner) for key, inner in value.items() if key not in ("values", "before", "after"))
    )
