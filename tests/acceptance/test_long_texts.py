"""A long text that many calls are given: stored once, told whole, the same again in a rebuild and in a merge."""

from __future__ import annotations

from pathlib import Path

from runtime.build.texts import LONG
from runtime.merge import merge
from runtime.query import Reference
from runtime.query.catalog import manifest_at
from runtime.store.port import CommitRequest
from runtime.stories import story
from tests.acceptance.workshop import Workshop

SPEC = """edition 1
record Page {{ id: str, text: str }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
param sets: int = {sets}
prompt ask(page: Page, turn: int) \"\"\"
  @user
  {{{{ page.text }}}} {{{{ turn }}}} {{{{ sets }}}}
\"\"\"
dataset qa {{
  each page from pages
  each turn in 1..20
  gen answer: str = ask(page, turn) with writer {{ max_tokens = 400 }}
  emit {{ answer = answer }}
}}
"""
TEXTS = {name: f"{name} " + "word " * LONG for name in ("a", "b")}
PAGES = [{"id": name, "text": text} for name, text in TEXTS.items()]


def shop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path / "project").write(SPEC.format(sets=1), pages=PAGES)
    made.made()
    return made


def told(made: Workshop, key: str, ref: str = "main") -> object:
    """The text that the first call of a row was given."""
    found = story(made.store, Reference("qa", ref), key, "main")
    (call,) = [call for call in found.calls if call.kind == "gen"][:1]
    assert call.arguments is not None
    return call.arguments["page"]["text"]


def test_a_text_is_stored_once_and_told_whole(tmp_path: Path) -> None:
    made = shop(tmp_path)
    manifest = made.at("qa").manifest
    assert manifest.texts is not None and manifest.texts.rows == 2
    assert manifest.calls is not None and manifest.calls.rows >= 40
    assert sum(shard.size for shard in manifest.calls.shards) < LONG
    assert told(made, "a/3") == TEXTS["a"] and told(made, "b/20") == TEXTS["b"]


def test_a_rebuild_keeps_the_texts_and_leaves_out_those_of_no_call(tmp_path: Path) -> None:
    made = shop(tmp_path)
    before = made.at("qa").manifest.texts
    made.write(SPEC.format(sets=2), pages=PAGES)
    made.made()
    assert made.at("qa").manifest.texts == before
    made.write(SPEC.format(sets=2), pages=PAGES[1:])
    made.made()
    after = made.at("qa").manifest.texts
    assert after is not None and after.rows == 1
    assert told(made, "b/3") == TEXTS["b"] and told(made, "a/3", "main~1") == TEXTS["a"]


def test_short_texts_stay_where_they_are(tmp_path: Path) -> None:
    made = Workshop(tmp_path / "project").write(SPEC.format(sets=1), pages=[{"id": "a", "text": "short"}])
    made.made()
    assert made.at("qa").manifest.texts is None
    assert told(made, "a/3") == "short"


def test_a_merge_has_the_texts_of_both_sides(tmp_path: Path) -> None:
    """Each side drops a page and keeps another's calls under other prompts."""
    made = Workshop(tmp_path / "project").write(SPEC.format(sets=1), pages=[{"id": "c", "text": "c " * LONG}, *PAGES])
    made.made()
    base = made.store.resolve("main")
    made.store.create_branch("other", base)
    made.write(SPEC.format(sets=1), pages=PAGES)
    made.made()
    ours = made.store.resolve("main")
    made.write(SPEC.format(sets=1), pages=[*PAGES, {"id": "d", "text": "d " * LONG}])
    made.made()
    theirs = made.store.resolve("main")
    merged = merge(made.store, ours, theirs)
    assert not merged.conflicts
    request = CommitRequest(branch="other", changes=merged.changes, message="m", build_id="m", expected=base)
    found = manifest_at(made.store, made.store.commit(request).id, "qa")
    assert found is not None and found.texts is not None and found.texts.rows == 3
