"""The gallery's specs in; what the embedded model says to each of them, written down for the tests to replay, out.

    python -m tests.gallery.record            all of them, some minutes on two cores
    python -m tests.gallery.record bios       one

It is needed when a prompt, a draw, a seed or the form of a request changes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.acceptance.replay import Recording
from tests.gallery.exhibit import RECORDED, Exhibit

FOLDER = Path(__file__).with_name("recorded")


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.jsonl"


def record(name: str) -> None:
    from runtime.engines.llamacpp import LlamaCppEngine

    engine = LlamaCppEngine()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        work = Exhibit.copy(name, Path(folder))
        for built in work.small(engine).datasets:
            counts = built.manifest.counts
            print(f"  {built.manifest.dataset}: {counts.kept} of {counts.attempted} kept, {dict(counts.rejected)}")
        Recording.of(engine, work).write(file_of(name))
    print(f"  {time.monotonic() - began:.0f} s")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in RECORDED]
    if unknown:
        print(f"not recorded: {', '.join(unknown)}; recorded are {', '.join(RECORDED)}", file=sys.stderr)
        return 2
    for name in names or RECORDED:
        print(name)
        record(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
