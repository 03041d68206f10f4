"""Likeness of meaning: exact arithmetic, no neighbour missed, and no batch size that changes what is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.embeddings import SIZE, Vector, embedder
from runtime.filters import deduplicator
from runtime.filters.meanings import Meanings, cosine

ROUTER = "My router drops the connection every evening."
EXPECTED = [32, 1, 61, 42, 1, -59, 27, -82]
"""The first numbers of its embedding, here and everywhere."""


def vectors(seed: int, count: int) -> list[Vector]:
    """Families of neighbours: each vector is one of a few, with noise."""
    source = np.random.default_rng(seed)
    heads = source.integers(-90, 91, (max(1, count // 5), SIZE))
    noise = source.integers(-37, 38, (count, SIZE)) * source.integers(0, 2, (count, 1))
    return list(np.clip(heads[source.integers(0, len(heads), count)] + noise, -127, 127).astype(np.int8))


def one_by_one(found: list[Vector], threshold: float) -> list[tuple[int, float] | None]:
    held, answers = list[Vector](), list[tuple[int, float] | None]()
    for vector in found:
        near = [(index, cosine(vector, other)) for index, other in enumerate(held)]
        answers.append(next((one for one in near if one[1] >= threshold), None))
        if answers[-1] is None:
            held.append(vector)
    return answers


@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([0.3, 0.9, 0.95, 1.0]), st.integers(1, 40))
@settings(deadline=None, max_examples=60)
def test_batches_find_what_comparing_with_all_one_by_one_finds(
    seed: int, count: int, threshold: float, batch: int
) -> None:
    found, seen = vectors(seed, count), Meanings(threshold)
    answers = [near for start in range(0, count, batch) for near in seen.admit(found[start : start + batch])]
    assert answers == one_by_one(found, threshold)


def test_the_earliest_is_found_over_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.filters.meanings.BLOCK", 7)
    monkeypatch.setattr("runtime.filters.meanings.ROWS", 40)
    found, seen = vectors(3, 200), Meanings(0.93)
    assert seen.admit(found[:90]) + seen.admit(found[90:]) == one_by_one(found, 0.93)


def test_an_embedding_is_a_function_of_its_text_alone() -> None:
    one = embedder().embed(ROUTER)
    assert one.dtype == np.int8 and one.shape == (SIZE,) and np.abs(one).max() == 127
    assert (one == embedder().embed(ROUTER)).all()
    assert one[:8].tolist() == EXPECTED


def test_what_says_the_same_is_nearer_than_what_does_not() -> None:
    def like(one: str, other: str) -> float:
        return cosine(embedder().embed(one), embedder().embed(other))

    assert like(ROUTER, "Every evening the router loses its connection.") > 0.7
    assert like(ROUTER, "Why is my phone bill so high?") < 0.3
    assert like(ROUTER, ROUTER) == 1.0
    assert like("", "") == 1.0 and like("", ROUTER) == 0.0


def test_a_paraphrase_is_dropped_and_names_the_one_before() -> None:
    seen = deduplicator("meaning", 0.75)
    assert seen.admit("a", ROUTER) is None
    assert seen.admit("b", "Why is my phone bill so high?") is None
    found = seen.admit("c", "Every evening the router loses its connection.")
    assert found is not None and found.of == "a"


def test_no_network_is_touched_and_no_code_that_would_is_loaded() -> None:
    script = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('a connection')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from runtime.embeddings import embedder\n"
        "assert embedder().embed('some words').any() and '@' in embedder().identity\n"
        "assert not {'wordllama', 'huggingface_hub', 'requests'} & set(sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, timeout=60)
