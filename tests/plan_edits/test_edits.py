"""Over random edits of random specs: what a plan says is reused is reused, and new calls stay within its range."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.acceptance.workshop import Workshop
from tests.plan_edits.outcome import built, disagreements, planned
from tests.plan_edits.spec import edited, is_exact, made

EDITS = 4
"""Of one spec, one after the other."""
FEW, MANY = (0, 2, 3, 6, 8, 10, 12, 14), 250
"""Seventeen of all kinds of edit are among those of the few."""


@pytest.mark.parametrize("number", FEW)
def test_a_plan_foretells_what_a_build_does(tmp_path: Path, number: int) -> None:
    check(tmp_path, number)


@pytest.mark.soak
@pytest.mark.parametrize("number", [number for number in range(MANY) if number not in FEW])
def test_a_thousand_plans_foretell_what_builds_do(tmp_path: Path, number: int) -> None:
    """With the few: a thousand plans, one before each build."""
    check(tmp_path, number)


def check(root: Path, number: int) -> None:
    random = Random(f"plan {number}")
    spec, work, done = made(random), Workshop(root), ["first"]
    for edit in range(EDITS):
        work.write(spec.text, pages=spec.pages, readers=spec.readers)
        found = planned(work)
        wrong = [*disagreements(found, built(work), is_exact(spec))]
        assert not wrong, "\n".join([*done, *wrong, spec.text])
        name, spec = edited(spec, random)
        done.append(f"{edit}: {name}")
