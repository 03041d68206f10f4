"""The pages of a handbook in; their paragraphs as a scanner would read them, each with worked examples, out.

`python("inputs/chunks.py")` runs `rows()`. About one word in nine has a slip of the scanner (`rn` read as `m`, `l` as
`1`, two letters swapped), and always the same one.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SLIPS = (("rn", "m"), ("cl", "d"), ("l", "1"), ("o", "0"), ("ei", "ie"), ("tt", "t"), ("th", "ht"), ("in", "m"))


def rows() -> Iterator[dict[str, Any]]:
    """Every paragraph of every page, pages by name."""
    worked = json.loads((HERE / "worked.json").read_text(encoding="utf-8"))
    for page in sorted((HERE / "pages").glob("*.txt")):
        for number, text in enumerate(page.read_text(encoding="utf-8").strip().split("\n\n"), start=1):
            yield {"id": f"{page.stem}-{number}", "topic": page.stem, "text": scanned(text), "worked": worked}


def scanned(text: str) -> str:
    return " ".join(slipped(word, place) for place, word in enumerate(text.split()))


def slipped(word: str, place: int) -> str:
    """Chosen by a hash of the word and its place, so that every run reads the same."""
    number = zlib.crc32(f"{place} {word}".encode())
    found = [slip for slip in SLIPS if slip[0] in word]
    if number % 5 or not found:
        return word
    old, new = found[number // 5 % len(found)]
    return word.replace(old, new, 1)
