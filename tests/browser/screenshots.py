"""The page as it is in; the pictures of docs/review.md out: `make screenshots`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from runtime.config.project import Project
from runtime.review import Place, Reviews
from runtime.store.open import project_store
from tests.acceptance.workshop import SPEC as FILE
from tests.acceptance.workshop import Workshop
from tests.browser.chromium import started
from tests.browser.python_qa import QUESTIONS, SHORTER, SPEC
from tests.browser.reader import Reader, Scheme, reading
from tests.page.project import Reviewed, built

IMAGES = Path(__file__).parents[2] / "docs" / "images"
ADA, GRACE = "Ada Lovelace <ada@example.org>", "Grace Hopper <grace@example.org>"
NOON = 1_700_000_000.0
POLICY = '\n[review]\nbranches = ["main"]\napprovals = 1\nflags = "read"\n'


def main(folder: Path) -> None:
    reviewed = _project(folder / "python-qa")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with started() as browser:
        _scheme(browser, reviewed, "light")
        _scheme(browser, reviewed, "dark")
        with reading(browser, reviewed, GRACE, size=(360, 680)) as reader:
            reader.open()
            _taken(reader, "narrow")


def _scheme(browser: Browser, reviewed: Reviewed, scheme: Scheme) -> None:
    with reading(browser, reviewed, GRACE, size=(1180, 760), scheme=scheme) as reader:
        _taken(reader, f"list-{scheme}")
        for tab in ("rows", "spec", "measures", "conversation"):
            reader.open(tab)
            _taken(reader, f"{tab}-{scheme}")
        reader.open("rows")
        reader.press("j", "e")
        reader.page.get_by_label("answer").wait_for()
        _taken(reader, f"edit-{scheme}")


def _taken(reader: Reader, name: str) -> None:
    reader.page.wait_for_timeout(300)
    reader.page.screenshot(path=IMAGES / f"review-{name}.png")


def _project(root: Path) -> Reviewed:
    """A pull request in the middle of its review: rows decided, others not; a comment on a row, and its answer."""
    work = Workshop(root).write(SPEC)
    shutil.copy(QUESTIONS, root)
    with (root / "synth.toml").open("a") as config:
        config.write(POLICY)
    built(work, "main")
    work.store.create_branch("shorter", work.store.resolve("main"))
    (root / FILE).write_text(SHORTER)
    built(work, "shorter")
    reviews = Reviews(project_store(Project.find(root)), clock=_clock())
    said = "Answers that begin with the answer. The long ones made readers skip to the end."
    pull = reviews.open("shorter", "main", "Shorter answers", said, ADA)
    place = Place("python_qa", "python_qa", "q03", "answer")
    asked = reviews.comment(pull.number, "Does it still say what to do instead?", GRACE, place)
    reviews.comment(pull.number, "It does: the last sentence.", ADA, place, asked.comments[-1].id)
    _decided(work)
    return Reviewed(root, pull.number)


def _decided(work: Workshop) -> None:
    from runtime.decisions import Decision, decide

    rows = {row["key"]: row for row in work.rows("python_qa", ref="shorter")}

    def verdict(key: str, what: Any, values: dict[str, Any], note: str) -> Decision:
        return Decision("python_qa", key, rows[key]["_hash"].hex(), what, values, GRACE, note)

    edited = {"answer": "Use zip, which gives pairs; with strict=True it raises when one list is longer."}
    found = [verdict("q01", "accept", {}, ""), verdict("q02", "edit", edited, "half as long")]
    decide(work.store, "shorter", "python_qa", [*found, verdict("q05", "reject", {}, "too short to teach anything")])


def _clock() -> Any:
    """Ten minutes pass between any two events."""
    times = iter(range(100))
    return lambda: NOON + 600 * next(times)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
