"""The reference shows the whole language in specs that are built: rules, nodes, and words with a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from dsl import grammar, tree
from dsl.build import RULES
from dsl.parser import parse
from dsl.source import Source
from tests.docs.constructs import WORDS, words
from tests.docs.executed import to_build, used


@cache
def nodes() -> tuple[tree.Node, ...]:
    declarations = [declaration for _, block in to_build() for declaration in used(block)]
    return tuple(node for declaration in declarations for node in tree.walk(declaration))


def test_every_rule_of_the_grammar_stands_in_a_spec_that_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()

    def noting(name: str, build: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def made(children: Any) -> Any:
            seen.add(name)
            return build(children)

        return made

    monkeypatch.setattr(grammar, "RULES", {name: noting(name, build) for name, build in RULES.items()})
    grammar._rules.cache_clear()
    try:
        for _, block in to_build():
            for one in used(block):
                parse(Source("spec.synth", block.text[one.span.start : one.span.end]))
    finally:
        monkeypatch.undo()
        grammar._rules.cache_clear()
    assert set(RULES) - seen == set()


def test_every_kind_of_node_stands_in_a_spec_that_is_built() -> None:
    made = {kind for node in nodes() for kind in type(node).__mro__}
    assert {kind.__name__ for kind in _kinds(tree.Node)} - {kind.__name__ for kind in made} - {"File"} == set()


def _kinds(kind: type[tree.Node]) -> Iterator[type[tree.Node]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_with_a_meaning_stands_in_a_spec_that_is_built(kind: str) -> None:
    found = {word for node in nodes() for of, word in words(node) if of == kind}
    assert set(WORDS[kind]) - found == set()
