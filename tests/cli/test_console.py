"""What reaches the screen: colour only where it is wanted, one live line, and a page for every code of this layer."""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from pathlib import Path

import pytest

import runtime.cli
from dsl.diagnostics import page
from runtime.build.progress import Progress
from runtime.cli.console import colour, paint, plural, say
from runtime.cli.live import duration, line, live, remaining

CODES = sorted(
    {
        code
        for file in Path(runtime.cli.__file__).parent.glob("*.py")
        for code in re.findall(r'"([EW]\d{4})"', file.read_text(encoding="utf-8"))
    }
)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code: str) -> None:
    assert page(code) is not None


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert colour(Terminal())
    assert not colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not colour(Terminal())


def test_numbers_agree_with_their_nouns() -> None:
    assert [plural(n, "row") for n in (0, 1, 2_000)] == ["0 rows", "1 row", "2,000 rows"]
    assert plural(3, "entry") == "3 entries"


class Away:
    """An engine whose server is gone."""

    trouble = "http://gpu:30000: connection refused"


def _progress() -> Progress:
    rejected = Counter({"filter 2": 3, "gen answer": 1})
    return Progress("qa", 12, 6, 10, rejected, fresh=15, reused=5, prompt_tokens=1_000, completion_tokens=200)


def test_the_live_line_says_how_far_how_fast_and_how_long() -> None:
    text = line(_progress(), 60.0)
    for part in ("6/12 kept", "10 tried", "20 calls (5 reused)", "20 tokens/s", "−3 filter 2", "about 60 s left"):
        assert part in text


def test_a_build_that_has_tried_all_promises_no_time() -> None:
    """Rows that were dropped will never be kept: what still takes time is the commit."""
    progress = _progress()
    progress.candidates = 20
    assert "about 60 s left" in line(progress, 60.0)
    progress.candidates = 11
    assert "about 6 s left" in line(progress, 60.0)
    progress.candidates = 10
    assert line(progress, 60.0).endswith(" · finishing")


@pytest.mark.parametrize(("seconds", "shown"), [(5, "5 s"), (300, "5 min"), (7_200, "2.0 h")])
def test_durations_are_said_as_people_do(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_nobody_knows_how_long_a_target_takes_before_a_row_is_kept() -> None:
    progress = Progress("qa", wanted=12, attempted=1, candidates=994)
    assert "left" not in line(progress, 60.0)
    progress.wanted = 994  # no target: every candidate is tried
    assert "left" in line(progress, 60.0)


def test_candidates_that_run_ahead_of_the_first_count_for_the_time_left() -> None:
    progress = Progress("qa", wanted=36, candidates=36, attempted=1, fresh=300, begun=36, ended=1)
    assert "about 57 s left" in line(progress, 60.0)
    progress.ended = 36
    assert line(progress, 60.0).endswith(" · finishing")


def test_what_the_journal_gave_at_once_is_no_pace() -> None:
    progress = Progress("qa", wanted=100, candidates=100, attempted=50, begun=50, ended=50, given=50, fresh=1)
    assert remaining(progress, 10.0) is None
    progress.attempted = progress.begun = progress.ended = 60
    assert remaining(progress, 10.0) == 40.0


def test_a_candidate_counts_as_given_until_something_is_asked() -> None:
    progress = Progress("qa")
    progress.end()
    progress.fresh += 1
    progress.end()
    assert (progress.ended, progress.given) == (2, 1)


def test_a_server_that_is_away_is_told_instead_of_a_time() -> None:
    progress = _progress()
    progress.asked.append(Away())
    assert line(progress, 60.0).startswith("qa  6/12 kept · waiting for http://gpu:30000: connection refused · ")
    assert " left" not in line(progress, 60.0)


def test_a_terminal_is_left_without_a_live_line() -> None:
    stream = Terminal()
    with live(_progress(), stream):
        deadline = time.monotonic() + 5
        while "kept" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    shown = stream.getvalue()
    assert "6/12 kept" in shown
    assert shown.endswith("\r\x1b[K")


def test_a_short_run_on_a_pipe_prints_nothing() -> None:
    stream = io.StringIO()
    with live(_progress(), stream):
        pass
    assert stream.getvalue() == ""


HOSTILE = "a\x1b[2Jb\x1b]0;title\x07c\u202edcba\u2066\x9b31mX\rY\tZ"


def test_nothing_in_a_text_acts_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (io.StringIO(), Terminal()):
        monkeypatch.setattr("sys.stdout", stream)
        monkeypatch.setenv("TERM", "xterm")
        say(f"{paint(HOSTILE, 'red')} and\n{HOSTILE}")
        shown = re.sub(r"\x1b\[(31|0)m", "", stream.getvalue()) if stream.isatty() else stream.getvalue()
        assert "".join(char for char in shown if not char.isprintable()) == "\n\n"
        assert "a\u241b[2Jb" in shown and "dcba" in shown


def test_a_text_brings_no_colours_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    say(paint("\x1b[8mhidden", "bold"))
    assert terminal.getvalue() == "\x1b[1m\u241b[8mhidden\x1b[0m\n"
