"""Diagnostics for machines: SARIF for code scanning, workflow commands for GitHub, and fixes in JSON."""

from __future__ import annotations

from dsl.diagnostics import Diagnostic, Edit, Fix, Related, diagnostic_json, render
from dsl.diagnostics.github import github
from dsl.diagnostics.sarif import sarif
from dsl.source import Source, Span

SOURCE = Source("specs/a.synth", "edition 1\nconst é = rol, role\n")
PLACE = Span(SOURCE.path, 20, 23)
FOUND = Diagnostic(
    "E0312",
    "`x` has no field `rol`: 100%",
    PLACE,
    "here",
    (Related(Span(SOURCE.path, 10, 15), "declared here"),),
    fixes=(Fix("write `role`", (Edit(PLACE, "role"),), safe=True),),
)


def source_of(path: str) -> Source | None:
    return SOURCE if path == SOURCE.path else None


def test_sarif_places_results_rules_and_fixes() -> None:
    (run,) = sarif([FOUND], source_of)["runs"]
    (result,) = run["results"]
    region = {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 14}
    assert (result["ruleId"], result["level"]) == ("E0312", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "E0312"
    assert result["locations"][0]["physicalLocation"]["region"] == region
    assert result["relatedLocations"][0]["message"]["text"] == "declared here"
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "role"}}]


def test_a_result_without_a_place_has_no_location() -> None:
    (run,) = sarif([Diagnostic("E0801", "no engine")], source_of)["runs"]
    assert run["results"][0]["locations"] == []


def test_github_commands_are_escaped() -> None:
    (line,) = github([FOUND], source_of).splitlines()
    assert line.startswith("::error file=specs/a.synth,line=2,endLine=2,col=11,endColumn=14,title=E0312%3A ")
    assert line.endswith("::`x` has no field `rol`: 100%25%0Ahere")


def test_json_carries_the_edits() -> None:
    (fix,) = diagnostic_json(FOUND, source_of)["fixes"]
    assert (fix["title"], fix["safe"]) == ("write `role`", True)
    assert fix["edits"][0]["text"] == "role"
    assert fix["edits"][0]["place"]["start"] == {"line": 2, "column": 11, "offset": 20}


def test_text_tells_a_fix_and_how_to_have_it_made() -> None:
    assert "= fix: write `role` (`synth check --fix`)\n" in render([FOUND], source_of)
