"""The comment that an editor offers beside a remark: it allows that remark, and is nothing to remark on itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.lint.spec import Spec
from compiler.lint.suppress import allowing
from dsl.diagnostics.fixing import edited
from dsl.format import format_source
from dsl.source import Source
from tests.docs.specs import check
from tests.lint.cases import CASES, told


def spec(source: Source) -> Spec:
    return Spec(check(source.text, upto="plan", path=source.path))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.stem}")
def test_the_comment_allows_the_remark_and_the_house_style_leaves_it_alone(case: Path) -> None:
    source = Source("spec.synth", format_source(Source("spec.synth", case.read_text())))
    before = [(one.code, one.message) for one in told(source)]
    for found in told(source):
        edit = allowing(spec(source), found)
        if edit is None:
            assert found.code in ("L100", "L101")
            continue
        done = Source(source.path, edited(source.text, [edit]))
        after = [(one.code, one.message) for one in told(done)]
        assert (found.code, found.message) not in after or after.count((found.code, found.message)) < before.count(
            (found.code, found.message)
        )
        assert set(after) <= set(before), "the comment is told itself"
        assert format_source(done) == done.text
        assert check(done.text, upto="plan").errors == ()


def test_what_is_remarked_in_a_template_is_allowed_above_its_statement() -> None:
    text = (
        'edition 1\n\ndataset notes {\n  each take in 1..3\n  gen note: str with writer """\n'
        '    Write {take}.\n  """\n  emit { note = note, take = take }\n}\n'
    )
    source = Source("spec.synth", text)
    [found] = [one for one in told(source) if one.code == "L010"]
    edit = allowing(spec(source), found)
    assert edit is not None and edit.span.start == text.index("  gen note")
    assert edit.text.startswith("  # lint: allow L010 because ") and edit.text.rstrip() + "\n" == edit.text
