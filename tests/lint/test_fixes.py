"""Fixes: a message carries the edits that mend it, and making them leaves nothing of it."""

from __future__ import annotations

import pytest

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.diagnostics.fixing import apply, mend
from dsl.source import Source, Span

PATH = "specs/a.synth"
SHARED = "edition 1\n\nrecord Page {\n  id: str\n}\n"


def found(source: Source) -> tuple[Diagnostic, ...]:
    files = {source.path: source.text, "specs/shared.synth": SHARED}
    return analyse(source.path, MemoryCatalog(files), upto="plan").diagnostics


def mended(text: str, *, unsafe: bool = False) -> str:
    return mend(Source(PATH, text), found, unsafe=unsafe).text


BODY = 'dataset d {\n  each i in 1..3\n  gen x: str with writer """\n    Say {{ i }}.\n  """\n'
NAMES = {
    # what stands in the file → what is written
    '  filter contain(x, "a")\n': '  filter contains(x, "a")\n',
    "  filter x.logprb > 0.5\n": "  filter x.logprob > 0.5\n",
    "  filter x == None\n": "  filter x == null\n",
    "  targt = 3\n": "  target = 3\n",
    "  dedup x by minhsh(0.8)\n": "  dedup x by minhash(0.8)\n",
    "  let y: string = x\n  filter y == x\n": "  let y: str = x\n  filter y == x\n",
}


@pytest.mark.parametrize("wrong", NAMES)
def test_a_name_that_was_nearly_right_is_written_right(wrong: str) -> None:
    head, tail = f"edition 1\n\n{BODY}", "  emit { x = x }\n}\n"
    assert mended(head + wrong + tail) == head + NAMES[wrong] + tail


def test_a_name_of_the_library_is_imported() -> None:
    text = f"edition 1\n\n{BODY}  filter not repetitive(x)\n  emit {{ x = x }}\n}}\n"
    assert mended(text) == text.replace("edition 1\n", 'edition 1\n\nfrom "std/judges.synth" import repetitive\n', 1)


def test_an_import_goes_where_the_file_is_imported_from_already_in_order() -> None:
    head = 'edition 1\n\nfrom "std/judges.synth" import about, repetitive\n\n'
    tail = f'{BODY}  filter about("a", x) and helpful("a", x) and not repetitive(x)\n  emit {{ x = x }}\n}}\n'
    assert mended(head + tail) == head.replace("about, repetitive", "about, helpful, repetitive") + tail


def test_a_record_of_a_file_that_the_project_reads_is_imported_by_its_path() -> None:
    other = 'edition 1\n\nfrom "shared.synth" import Page\n\nprompt ask(page: Page) """\n  {{ page.id }}\n"""\n'
    files = {"specs/shared.synth": SHARED, "specs/other.synth": other}
    text = (
        'edition 1\n\nfrom "other.synth" import ask\n\nprompt b(page: Page) """\n  {{ page.id }} {{ ask(page) }}\n"""\n'
    )

    def find(source: Source) -> tuple[Diagnostic, ...]:
        return analyse(source.path, MemoryCatalog({**files, source.path: source.text})).diagnostics

    assert 'import ask\nfrom "shared.synth" import Page\n' in mend(Source(PATH, text), find).text


@pytest.mark.parametrize(
    "names,left",
    [("repetitive", ""), ("about, repetitive", "about"), ("repetitive, about", "about")],
)
def test_an_import_that_nothing_uses_goes(names: str, left: str) -> None:
    tail = f'\n{BODY}  filter about("a", x)\n  emit {{ x = x }}\n}}\n' if left else f"\n{BODY}  emit {{ x = x }}\n}}\n"
    line = f'from "std/judges.synth" import {left}\n' if left else ""
    assert mended(f'edition 1\nfrom "std/judges.synth" import {names}\n{tail}') == f"edition 1\n{line}{tail}"


def test_what_may_only_be_misspelt_where_it_is_used_is_not_removed() -> None:
    head = 'edition 1\n\nfrom "std/judges.synth" import helpful\n\n'
    wrong = f"{head}{BODY}  filter hlpful(x, x)\n  emit {{ x = x }}\n}}\n"
    assert mended(wrong) == wrong.replace("hlpful", "helpful")


def test_what_nothing_reads_is_removed_with_its_comments_only_where_that_is_asked_for() -> None:
    unused = '## Of no use.\nparam tone: str = "dry"\n'
    let = "  # Nobody reads it.\n  let size = words(x)  # in words\n"
    text = f"edition 1\n\n{{}}{BODY.replace('{', '{{').replace('}', '}}')}{{}}  emit {{{{ x = x }}}}\n}}}}\n"
    assert mended(text.format(unused, let)) == text.format(unused, let)
    assert mended(text.format(unused, let), unsafe=True) == text.format("", "")


def test_a_role_that_looks_misspelt_is_changed_only_where_that_is_asked_for() -> None:
    text = f"edition 1\n\nmodel writer {{ temperature = 0.2 }}\n\n{BODY}  emit {{ x = x }}\n}}\n"
    wrong = text.replace("with writer", "with writr")
    assert mended(wrong) == wrong
    assert mended(wrong, unsafe=True) == text


def test_a_name_that_is_near_to_nothing_is_not_touched() -> None:
    text = f"edition 1\n\n{BODY}  filter zzz(x)\n  emit {{ x = x }}\n}}\n"
    assert mended(text) == text


def fix(start: int, end: int, text: str) -> Fix:
    return Fix(text, (Edit(Span(PATH, start, end), text),), safe=True)


def test_fixes_that_meet_wait_for_the_next_round() -> None:
    done = apply("abcdef", [fix(0, 2, "X"), fix(1, 3, "Y"), fix(4, 5, "Z")])
    assert (done.text, [made.title for made in done.made]) == ("XcdZf", ["X", "Z"])


def test_a_fix_is_made_wholly_or_not_at_all() -> None:
    both = Fix("both", (Edit(Span(PATH, 1, 2), "1"), Edit(Span(PATH, 5, 6), "2")), safe=True)
    assert apply("abcdef", [fix(0, 2, "X"), both]).text == "Xcdef"


def test_two_fixes_that_write_the_same_edit_share_it() -> None:
    imported = Edit(Span(PATH, 0, 0), "import\n")
    fixes = [Fix("a", (imported, Edit(Span(PATH, 3, 4), "A"))), Fix("b", (imported, Edit(Span(PATH, 5, 6), "B")))]
    assert apply("abcdef", fixes).text == "import\nabcAeB"
