from __future__ import annotations

import subprocess
import sys

CODE = """
from pathlib import Path
from threading import Barrier, Lock, Thread
from runtime.allocator import give_back, share_one_heap

def memory():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

def burst(kept):
    "Blocks of which every hundredth stays: what is free lies between, and no heap gets shorter by itself."
    together.wait()
    with alone:
        blocks = [bytes([1]) * 20_000 for _ in range(1_000)]
        kept.append(blocks[::100])
        del blocks
    together.wait()

share_one_heap()
kept, together, alone = [], Barrier(4), Lock()
before = memory()
threads = [Thread(target=burst, args=(kept,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
between = memory()
give_back()
print(between - before, memory() - before)
"""


def test_threads_share_a_heap_and_what_they_freed_goes_back() -> None:
    """Four threads, of which each leaves 19 MB free: one heap holds that once, and in the end keeps none of it."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    kept, given_back = map(float, done.stdout.split())
    assert kept < 45
    assert given_back < 8
