"""A hundred thousand changed rows: the right ones are shown, with few elements, at any place and any speed."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.browser.conftest import FIGURE
from tests.browser.reader import PATIENCE, Reader, reading
from tests.page.project import Reviewed, large_project

pytestmark = pytest.mark.browser
ROWS = 100_000
ELEMENTS = 1_500
"""More than any screen of rows takes, and far fewer than a hundred thousand."""
FRAMES = """async (steps) => {
  const list = document.querySelector(".list"), frames = [];
  let before = performance.now(), most = 0;
  for (const step of steps) {
    list.scrollTop += step;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frames.push(performance.now() - before);
    before = performance.now();
    most = Math.max(most, document.getElementsByTagName("*").length);
  }
  return { frames, most };
}"""
DRAWN = "for (let i = 0; i < 4; i++) await new Promise((resolve) => requestAnimationFrame(resolve));"
MOVE = f"async (to) => {{ document.querySelector('.list').scrollTop = to; {DRAWN} }}"
STEP = f"async (by) => {{ document.querySelector('.list').scrollTop += by; {DRAWN} }}"
SHARE = f"async (of) => {{ const l = document.querySelector('.list'); l.scrollTop = of * l.scrollHeight; {DRAWN} }}"
AT_REST = f"""async ([from, to]) => {{
  const list = document.querySelector(".list");
  list.scrollTop = from;
  await new Promise((resolve) => list.addEventListener("scroll", resolve, {{ once: true }}));
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 120));
  while (performance.now() < begun + 160);
  list.scrollTop = to;
  {DRAWN}
}}"""
"""Moves the bar at the moment that scrolling is taken to have come to rest, before a browser tells of the move."""
SEEN = """async (patience) => {
  const list = document.querySelector(".list").getBoundingClientRect(), until = performance.now() + patience;
  const look = () => [...document.querySelectorAll(".card")]
    .map((card) => [card, card.getBoundingClientRect()])
    .filter(([, box]) => box.bottom > list.top + 1 && box.top < list.bottom - 1)
    .sort(([, a], [, b]) => a.top - b.top);
  const drawn = (cards) => cards.length && cards.every(([card]) => !card.classList.contains("waits"))
    && (cards.at(-1)[1].bottom >= list.bottom - 2 || cards.at(-1)[0].ariaPosInSet === cards.at(-1)[0].ariaSetSize);
  let cards = look();
  for (; !drawn(cards) && performance.now() < until; cards = look())
    await new Promise((resolve) => requestAnimationFrame(resolve));
  if (!drawn(cards)) throw new Error(`no whole screen of rows: ${cards.length} cards`);
  return cards.map(([card, box]) => [Number(card.ariaPosInSet) - 1, card.querySelector(".key").textContent,
                     card.querySelector(".after").textContent, box.top - list.top, box.bottom - list.top]);
}"""
"""Waits for a screen full of rows that have all come, and reads them at that moment."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    return large_project(tmp_path_factory.mktemp("large") / "project", ROWS)


@pytest.fixture(scope="module")
def reader(browser: Browser, large: Reviewed) -> Iterator[Reader]:
    with reading(browser, large) as reader:
        yield reader


@pytest.fixture
def opened(reader: Reader) -> Reader:
    reader.page.goto("about:blank")
    return reader.open()


def _seen(reader: Reader) -> list[Any]:
    """What is on the screen: row by row without a gap, each with the key and the text of its place."""
    seen: list[Any] = reader.page.evaluate(SEEN, PATIENCE)
    for (row, _, _, _, bottom), (after, _, _, top, _) in pairwise(seen):
        assert after == row + 1
        assert abs(top - bottom) < 1.5
    for row, key, text, _, _ in seen:
        assert key == f"note{row:06}"
        assert text == f"The text number {row} was this one."
    return seen


def _spread(frames: list[float]) -> str:
    ordered = sorted(frames)
    return f"{statistics.median(ordered):.1f} ms, 95% below {ordered[int(len(ordered) * 0.95)]:.1f} ms"


def _spent(session: CDPSession) -> dict[str, float]:
    """Seconds that the page has taken of its thread: what a busy machine adds to a frame is not in them."""
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {"script": found["ScriptDuration"], "layout": found["LayoutDuration"] + found["RecalcStyleDuration"]}


def test_a_long_way_down_and_up_is_smooth_and_shows_each_row_in_its_place(
    opened: Reader, record_property: Callable[[str, object], None]
) -> None:
    idle, moving = [0] * 40, [60] * 60 + [240] * 60 + [-150] * 40
    still = opened.page.evaluate(FRAMES, idle)
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Performance.enable")
    before = _spent(session)
    found = opened.page.evaluate(FRAMES, moving)
    spent = {name: (after - before[name]) / len(moving) * 1000 for name, after in _spent(session).items()}
    each = ", ".join(f"{name} {ms:.1f} ms" for name, ms in spent.items())
    figure = (
        f"{ROWS:,} rows scroll: frames {_spread(found['frames'])}; at rest {_spread(still['frames'])}; of each {each}"
    )
    record_property(FIGURE, f"{figure}; at most {found['most']:,} elements")
    assert found["most"] < ELEMENTS
    assert len(_seen(opened)) > 5


def test_the_scrollbar_leads_to_every_part_and_to_both_ends(opened: Reader) -> None:
    generator = random.Random(7)
    for share in (*(generator.random() for _ in range(6)), 1.0, 0.5, 0.0):
        opened.page.evaluate(SHARE, share)
        seen = _seen(opened)
        assert abs(seen[0][0] / ROWS - share) < 0.02
        assert opened.page.evaluate("document.getElementsByTagName('*').length") < ELEMENTS
    assert seen[0][0] == 0


def test_a_move_at_the_moment_of_rest_is_not_undone(opened: Reader) -> None:
    height = opened.page.evaluate("document.querySelector('.list').scrollHeight")
    for share in (0.8, 0.3, 0.6, 0.1, 0.9):
        opened.page.evaluate(AT_REST, [height * (share - 0.05), height * share])
        assert abs(_seen(opened)[0][0] / ROWS - share) < 0.02


def test_the_last_row_is_reached_and_nothing_is_below_it(opened: Reader) -> None:
    opened.press("End")
    opened.at(f"note{ROWS - 1:06}")
    seen = _seen(opened)
    assert seen[-1][0] == ROWS - 1
    height = opened.page.evaluate("document.querySelector('.list').clientHeight")
    assert abs(seen[-1][4] - height) < 3


def test_what_is_read_stays_put_while_heights_become_known(opened: Reader) -> None:
    """Far down all rows above are of unknown height: coming from below, nothing jumps."""
    opened.page.evaluate(MOVE, 4_000_000)
    opened.page.wait_for_timeout(400)
    first = _seen(opened)[0]
    for _ in range(5):
        opened.page.evaluate(STEP, -37)
    moved = {row: top for row, _, _, top, _ in _seen(opened)}
    assert abs(moved[first[0]] - first[3] - 5 * 37) < 3


def test_a_sample_says_of_how_many_rows_it_is(opened: Reader) -> None:
    opened.page.get_by_label("Sample").select_option("200")
    expect(opened.page.locator(".coverage")).to_contain_text("200 of 100,000 changed rows, drawn by key")
    expect(opened.page.locator(".card").first).to_have_attribute("aria-setsize", "200")


def test_a_condition_leaves_few_rows(opened: Reader) -> None:
    opened.press("/")
    opened.type("score >= 99990")
    opened.press("Enter")
    expect(opened.page.locator(".coverage")).to_contain_text("10 of 100,000 changed rows")
    opened.at("note099990")
