"""Names of exchanges: as long as a UUID's, and never given twice, by a forked process neither."""

from __future__ import annotations

import os

from runtime.engines.rids import LENGTH, rid


def test_no_name_is_given_twice() -> None:
    names = [rid() for _ in range(1000)]
    assert len(set(names)) == 1000
    assert all(len(name) == LENGTH and int(name, 16) >= 0 for name in names)


def test_a_forked_process_gives_names_of_its_own() -> None:
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, rid().encode())
        os._exit(0)
    theirs = os.read(reading, LENGTH).decode()
    os.wait()
    os.close(reading)
    os.close(writing)
    assert theirs[: LENGTH // 2] != rid()[: LENGTH // 2]
