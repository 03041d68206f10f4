"""A process of the tests: asks a journal for numbered keys in its own order, and writes down what it did at once.

Arguments: folder, number of keys, seconds that a call takes, seed of the order. Writes `started-PID` (a line for every
call begun), `seen-PID` (one for every answer used) and, at the end, `answers-PID`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from hashlib import blake2b
from pathlib import Path

from runtime.journal import Journal

IN_FLIGHT = 16


async def main(folder: Path, count: int, delay: float, seed: int) -> None:
    order = list(range(count))
    random.Random(seed).shuffle(order)
    started = (folder / f"started-{os.getpid()}").open("w", buffering=1)
    seen = (folder / f"seen-{os.getpid()}").open("w", buffering=1)
    answers: dict[int, str] = {}
    journal = Journal.open(folder / "journal")
    left = iter(order)

    async def work() -> None:
        for name in left:

            async def call(name: int = name) -> bytes:
                started.write(f"{name}\n")
                await asyncio.sleep(delay)
                return b"%d by %d" % (name, os.getpid())

            stored = await journal.get_or_run(blake2b(b"%d" % name, digest_size=16).digest(), call)
            answers[name] = stored.value.decode()
            seen.write(json.dumps({"key": str(name), "answer": answers[name]}) + "\n")

    await asyncio.gather(*[work() for _ in range(IN_FLIGHT)])
    journal.close()
    (folder / f"answers-{os.getpid()}").write_text(json.dumps(answers, sort_keys=True))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
