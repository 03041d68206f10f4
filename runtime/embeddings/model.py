"""One text in; its embedding as SIZE whole numbers of eight bits out, the same on every machine and in every batch.

A text's embedding is the sum of its tokens' vectors, scaled so that the largest number is 127, and rounded. The vectors
have sixteen bits and are added with fifty-three, so that no order of adding gives another sum; what follows is exact.
The weights and the tokenizer are files of the package `wordllama`, whose own code is never imported: it would look for
them on the network.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, cached_property
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from runtime.embeddings.vectors import Vector, scaled

SIZE = 256
NAME = "l2_supercat"
"""The one model in the package: 32,000 tokens, English first; other languages far less well."""


class Embedder:
    """`folder` is the package's. Loading takes a tenth of a second; the weights stay in their file, mapped."""

    def __init__(self, folder: Path) -> None:
        self.weights = folder / "weights" / f"{NAME}_{SIZE}.safetensors"
        self.tokens = folder / "tokenizers" / f"{NAME}_tokenizer_config.json"

    @cached_property
    def identity(self) -> str:
        """The model's name and the digest of everything that makes a vector: weights and tokenizer."""
        content = blake2b(digest_size=8)
        for path in (self.weights, self.tokens):
            content.update(path.read_bytes())
        return f"wordllama/{NAME}_{SIZE}@{content.hexdigest()}"

    def embed(self, text: str) -> Vector:
        """All zeros for a text without a token."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return scaled(self._table[ids].sum(axis=0, dtype=np.float64))

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        return [self.embed(text) for text in texts]

    @cached_property
    def _tokenizer(self):  # type: ignore[no-untyped-def]
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.tokens))

    @cached_property
    def _table(self) -> npt.NDArray[np.float16]:
        """The one tensor of the file: its place and shape stand in a JSON header, whose length is the first 8 bytes."""
        with self.weights.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
        [tensor] = [item for name, item in header.items() if name != "__metadata__"]
        start = 8 + length + int(tensor["data_offsets"][0])
        return np.memmap(self.weights, np.float16, "r", offset=start, shape=tuple(tensor["shape"]))


@cache
def embedder() -> Embedder:
    """The model of the installed package."""
    found = find_spec("wordllama")
    assert found is not None and found.submodule_search_locations, "wordllama is a dependency of synth"
    return Embedder(Path(found.submodule_search_locations[0]))
