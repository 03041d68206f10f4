"""`synth check`: every mistake of every spec at once, as text and as JSON, and again when a file changes."""

from __future__ import annotations

from pathlib import Path

from runtime.cli.watch import changes
from tests.cli.conftest import Cli

SPEC = Path("specs/questions.synth")


def _break(project: Path, right: str, wrong: str) -> None:
    file = project / SPEC
    text = file.read_text()
    assert right in text
    file.write_text(text.replace(right, wrong, 1))


def test_mistakes_of_all_specs_are_told_in_one_run(cli: Cli, project: Path) -> None:
    _break(project, "fact.text }}", "fact.txt }}")
    (project / "specs/other.synth").write_text("edition 1\n\nparam n: integer = 3\n")
    told = cli("check")
    assert told.code == 2
    assert "specs/questions.synth:26:17" in told.err
    assert "specs/other.synth:3:10" in told.err
    assert told.err.endswith("2 errors\n`synth check --fix` mends 2 of them\n")


def test_json_is_one_list_with_places_and_nothing_else_is_printed(cli: Cli, project: Path) -> None:
    _break(project, "fact.text }}", "fact.txt }}")
    told = cli("check", "--json", str(SPEC))
    assert told.code == 2
    assert told.err == ""
    (mistake,) = [one for one in told.json if one["severity"] == "error"]
    assert mistake["code"] == "E0312"
    assert mistake["place"]["path"] == "specs/questions.synth"
    assert mistake["place"]["start"]["line"] == 26


def test_json_of_a_right_spec_is_the_empty_list(cli: Cli, project: Path) -> None:
    assert cli("check", "--json").json == []


def test_a_warning_does_not_fail(cli: Cli, project: Path) -> None:
    _break(project, "param wanted", "param spare: int = 1\nparam wanted")
    told = cli("check")
    assert told.code == 0
    assert "W0" in told.err


def test_a_file_that_cannot_be_read_does_not_hide_the_others(cli: Cli, project: Path) -> None:
    (project / "specs/binary.synth").write_bytes(b"\xff\xfe\x00")
    _break(project, "fact.text }}", "fact.txt }}")
    told = cli("check")
    assert "E0112" in told.err
    assert "E0312" in told.err


def test_a_mistake_in_a_shared_file_is_told_once(cli: Cli, project: Path) -> None:
    (project / "shared.synth").write_text("edition 1\n\nrecord Page {\n  id: strr\n}\n")
    for name in ("a", "b"):
        (project / f"{name}.synth").write_text('edition 1\n\nfrom "shared.synth" import Page\n')
    codes = [mistake["code"] for mistake in cli("check", "--json").json]
    assert codes.count("E0207") == 1


def test_datasets_that_would_be_built_under_one_name_are_told_before_a_build(cli: Cli, project: Path) -> None:
    made = "dataset {name} {{\n  each row from {source}\n  emit {{ id = row.id }}\n}}\n"
    notes = "dataset notes {\n  each take in 1..2\n  emit { id = take }\n}\n"
    shared = made.format(name="letters", source="notes")
    (project / "shared.synth").write_text(f"edition 1\n\n{notes}\n{shared}")
    own = made.format(name="notes", source="letters")
    (project / "own.synth").write_text(f'edition 1\n\nfrom "shared.synth" import letters\n\n{own}')
    assert [found["code"] for found in cli("check", "--json", "own.synth").json] == ["E0202"]


def test_personas_under_another_name_are_read_as_the_message_says(cli: Cli, project: Path) -> None:
    (project / "hub.jsonl").write_text('{"persona": "a nurse"}\n')
    spec = "edition 1\n\npersonas hub = {}\n\ndataset d {{\n  each one from hub\n  emit {{ who = one.text }}\n}}\n"
    (project / "hub.synth").write_text(spec.format('jsonl("hub.jsonl")'))
    text, name = (found["help"] for found in cli("check", "--json", "hub.synth").json)
    query = text.split("`")[-2]
    assert "{ key = name }" in name
    (project / "hub.synth").write_text(spec.format(f"{query} {{ key = text }}"))
    assert cli("check", "--json", "hub.synth").json == []


def test_a_row_in_a_key_is_told_its_field(cli: Cli, project: Path) -> None:
    _break(project, "  each fact from facts\n", "  key = [fact]\n  each fact from facts\n")
    (found,) = cli("check", "--json", str(SPEC)).json
    assert found["code"] == "E0431"
    assert "`fact.id`" in found["help"]


def test_engines_are_checked_where_they_are_written(cli: Cli, project: Path) -> None:
    with (project / "synth.toml").open("a") as file:
        file.write('\n[engines.gpu]\nkind = "sglang"\nurl = "http://127.0.0.1:1"\nconcurency = 3\n')
    told = cli("check")
    assert told.code == 2
    assert "E0802" in told.err
    assert "concurency = 3" in told.err


def test_paths_are_relative_to_the_folder_one_stands_in(cli: Cli, project: Path, monkeypatch: object) -> None:
    import os

    os.chdir(project / "specs")
    assert cli("check", "questions.synth").code == 0


def test_a_misspelt_spec_suggests_the_right_one(cli: Cli, project: Path) -> None:
    told = cli("check", "specs/question.synth")
    assert told.code == 2
    assert "did you mean `specs/questions.synth`?" in told.err


def test_an_empty_folder_says_how_to_begin(cli: Cli) -> None:
    told = cli("check")
    assert told.code == 0
    assert "synth new DIR" in told.out


def test_a_broken_configuration_is_quoted(cli: Cli, project: Path) -> None:
    (project / "synth.toml").write_text("[engines.embedded\n")
    told = cli("check")
    assert told.code == 2
    assert "[engines.embedded" in told.err
    assert "synth.toml:1:" in told.err


def test_watching_looks_at_once_and_again_only_after_a_change(tmp_path: Path) -> None:
    (tmp_path / "a.synth").write_text("edition 1\n")
    pauses = iter(["nothing", "nothing", "write", "nothing", "hidden", "nothing", "remove"])
    acts = []

    def pause(_: float) -> None:
        act = next(pauses)
        acts.append(act)
        if act == "write":
            (tmp_path / "a.synth").write_text("edition 1\n\n")
        if act == "hidden":
            (tmp_path / ".synth").mkdir()
            (tmp_path / ".synth" / "HEAD").write_text("main\n")
        if act == "remove":
            (tmp_path / "a.synth").unlink()

    ticks = changes(tmp_path, pause)
    next(ticks)
    assert acts == []
    next(ticks)
    assert acts == ["nothing", "nothing", "write"]
    next(ticks)
    assert acts[-1] == "remove"


def test_params_and_a_profile_are_those_of_a_build(cli: Cli, project: Path) -> None:
    told = cli("check", str(SPEC), "-p", "wanted=many")
    assert told.code == 2
    assert "-p wanted" in told.err
    assert cli("check", str(SPEC), "-p", "wanted=3").code == 0
    with (project / "synth.toml").open("a") as config:
        config.write('\n[profile.odd]\nparams = { wanted = "x" }\n')
    told = cli("check", "--profile", "odd")
    assert told.code == 2
    assert "synth.toml" in told.err
    assert cli("check").code == 0
    assert "E0706" in cli("check", "--profile", "none").err


def test_a_param_that_one_of_the_specs_has_is_known(cli: Cli, project: Path) -> None:
    (project / "specs/other.synth").write_text("edition 1\n\nparam depth: int = 3\n\nconst twice = depth * 2\n")
    assert cli("check", "-p", "depth=4").code == 0
    told = cli("check", "-p", "dept=4")
    assert told.code == 2
    assert told.err.count("error[E0720]") == 1


def test_without_a_spec_those_of_other_projects_and_hidden_folders_are_left_alone(cli: Cli, project: Path) -> None:
    for folder in ("tests/inner", ".cache"):
        (project / folder / "specs").mkdir(parents=True)
        (project / folder / "specs/wrong.synth").write_text("edition 1\n\nparam n: integer = 3\n")
    (project / "tests/inner/synth.toml").write_text("")
    assert cli("check").out == "1 spec checked, no mistake\n"
    told = cli("check", str(SPEC), "tests/inner/specs/wrong.synth")
    assert told.code == 2
    assert "specs/wrong.synth:3:10" in told.err


def test_a_spec_under_two_names_is_one_spec(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.synth").write_text("edition 1\n\nrecord Fact {\n  id: strr\n}\n")
    (tmp_path / "b.synth").symlink_to("specs/a.synth")
    (found,) = cli("check", "--json").json
    assert found["place"]["path"] == "specs/a.synth"
    assert cli("check", "b.synth", "--json").json == [found]
