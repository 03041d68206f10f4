"""Names of other files, paths, and what an item brings with it: docs, snippets, the import that it needs."""

from __future__ import annotations

from compiler.queries.completion.model import Item
from tests.completion.typed import HEAD, PATH, Project, at_top, first, in_dataset, labels, placed

OTHER = '''edition 1

## One reply.
record Reply { text: str }

prompt again(reply: Reply) """
  {{ reply.text }}
"""
'''
BESIDE = Project(others={"specs/shared.synth": OTHER, "deep/more.synth": OTHER}, further=("specs/rules.txt",))


def item(marked: str, label: str, project: Project = BESIDE) -> Item:
    return next(one for one in project.offers(marked).items if one.label == label)


def test_a_name_of_another_file_comes_with_its_import() -> None:
    marked = at_top("record Row { a: ¦ }")
    found = item(marked, "Reply")
    text, _ = placed(marked)
    (edit,) = found.edits
    made = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert made.startswith('edition 1\n\nfrom "../deep/more.synth" import Reply\n')
    assert found.detail == 'record from "../deep/more.synth"'
    assert found.doc == "One reply."


def test_a_second_name_joins_the_import_that_is_there() -> None:
    marked = (
        HEAD.replace("edition 1\n", 'edition 1\n\nfrom "shared.synth" import Reply\n')
        + "\ndataset a {\n  gen x: str = ¦\n}\n"
    )
    project = Project(others={"specs/shared.synth": OTHER})
    text, _ = placed(marked)
    (edit,) = item(marked, "again", project).edits
    made = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert 'from "shared.synth" import Reply, again\n' in made
    codes = {found.code for found in project.analysis(made.replace("gen x: str = ", "let x = 1")).errors}
    assert codes == {"E0401", "E0402"}, "the names are known; the dataset is still without an axis and an emit"


def test_names_of_the_file_come_before_those_that_need_an_import() -> None:
    offered = first(in_dataset("gen x: str = ¦"), 3, BESIDE)
    assert offered[0] == "reply"
    assert "again" in labels(in_dataset("gen x: str = ¦"), BESIDE)


def test_paths_of_imports_are_the_projects_specs_and_the_library() -> None:
    offered = first(at_top('from "¦'), 3, BESIDE)
    assert offered == ["shared.synth", "../deep/more.synth", "std/claims.synth"]


def test_paths_of_inputs_are_the_projects_files() -> None:
    assert labels(at_top('const rules = lines("¦")'), BESIDE) == {"rules.txt"}
    assert labels(at_top('input more: Ticket = jsonl("¦'), BESIDE) == {"rules.txt"}
    assert labels(at_top('input more: Ticket = python("¦'), BESIDE) == {"rules.txt"}


def test_what_is_called_comes_with_a_place_for_each_argument_that_it_needs() -> None:
    found = item(in_dataset("gen x: str = ¦"), "reply")
    assert found.text == "reply(${1:ticket}, ${2:reader})"
    assert found.detail == '(ticket: Ticket, reader: Persona, tone: str = "calm")'
    assert found.doc == "Asks for an answer."


def test_brackets_that_stand_there_are_not_written_again() -> None:
    assert item(in_dataset("gen x: str = re¦(ticket, reader) with writer"), "reply").text == "reply"


def test_what_is_typed_already_is_replaced_to_its_end() -> None:
    marked = in_dataset("let x = tick¦et.text")
    text, _ = placed(marked)
    span = Project().offers(marked).span
    assert (span.path, text[span.start : span.end]) == (PATH, "ticket")


def test_fields_say_their_type_and_their_doc() -> None:
    found = item(in_dataset("let x = ticket.¦"), "text")
    assert (found.detail, found.doc) == ("str", "In the customer's words.")
