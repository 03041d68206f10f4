"""`meaning = { engine = …, kind = "embedding" }`: a server's vectors behind every statement that compares meanings.

The server here gives the vectors of the model that ships with synth, so that what it leads to is known beforehand.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import SynthError
from runtime import bridge
from runtime.build.build import Build, Options, build
from runtime.build.dry import Cell, Forecast
from runtime.build.foresee import foresee
from runtime.build.preview import preview
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.embeddings import embedder
from runtime.merge import merge
from runtime.sources.catalog import ProjectCatalog
from tests.acceptance.workshop import Workshop
from tests.engines.openai.server import ApiServer, Reply, serving

TOML = """[engines.emb]
kind = "openai"
url = "{url}/v1"
model = "vectors"
revision = "1"
embed = {embed}
retries = 0

[profile.default.roles]
meaning = {{ engine = "emb", kind = "embedding" }}
"""
SPEC = """edition 1

record Page {{ id: str, text: str }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
input benchmark: Page = jsonl("benchmark.jsonl") {{ key = id }}

dataset lines {{
  each page from pages
  {statements}
  emit {{ line = page.text }}
}}
"""
LINES = (
    "my router drops the connection every evening",
    "every evening the router loses its connection",
    "my router drops the connection every night",
    "why is my phone bill so high this month",
    "my phone bill is very high this month",
    "the quick brown fox jumps over the dog",
    "a quick brown fox jumps over a dog",
    " ",
)
BENCHMARK = ("the brown fox jumps over a fence", "phone bill")
DEDUP = "dedup page.text by meaning(0.75)"
ALL = (
    DEDUP,
    "decontaminate page.text against benchmark.text by meaning(0.7)",
    'decontaminate page.text against ["a fox", "my bill"] by meaning(0.6)',
    "select 3 by len(page.text) apart page.text by meaning(0.6)",
)


def _packaged(text: str) -> list[float]:
    return [float(number) for number in embedder().embed(text)]


class Vectors(ApiServer):
    """`texts` are those it was asked about, one list for each exchange. After `most` exchanges it is not there."""

    def __init__(self, most: int | None = None, made: Callable[[str], Sequence[float]] | None = None) -> None:
        super().__init__()
        self.most, self.texts = most, list[list[str]]()
        self.made = made or (_packaged)

    async def answer(self, path: str, body: Any, headers: dict[str, str]) -> Reply:
        if path != "/v1/embeddings":
            return await super().answer(path, body, headers)
        if self.most is not None and len(self.texts) >= self.most:
            return 503, {"error": {"message": "away"}}, {}
        self.texts.append(body["input"])
        await asyncio.sleep(0.001)
        rows = [{"index": place, "embedding": list(self.made(text))} for place, text in enumerate(body["input"])]
        return 200, {"data": rows}, {}

    @property
    def asked(self) -> list[str]:
        return [text for texts in self.texts for text in texts]


@contextlib.contextmanager
def vectors(most: int | None = None, made: Callable[[str], Sequence[float]] | None = None) -> Iterator[Vectors]:
    server = Vectors(most, made)
    with serving(server):
        yield server


def written(root: Path, statements: str, said: Sequence[str], url: str | None, embed: bool = True) -> Workshop:
    work = Workshop(root).write(SPEC.format(statements=statements), pages=rows(said), benchmark=rows(BENCHMARK))
    if url is not None:
        (root / "synth.toml").write_text(TOML.format(url=url, embed=str(embed).lower()))
    return work


def rows(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"id": f"{place:03d}", "text": text} for place, text in enumerate(texts)]


def ends(work: Workshop) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return work.rows("lines"), work.rows("lines", "rejected")


@contextlib.contextmanager
def session_of(work: Workshop) -> Iterator[Session]:
    project = Project.find(work.root)
    with Session(project, project.config.profile()) as session:
        yield session


def planned(work: Workshop) -> Forecast:
    with session_of(work) as session:
        analysis = work.analysis(session, {})
        (found,) = bridge.run(foresee(analysis, session, Options("main"), session.store.head("main")))
        return found


def refused(build: Callable[[], Build]) -> tuple[str, str]:
    with pytest.raises(SynthError) as raised:
        build()
    (found,) = raised.value.diagnostics
    return found.code, found.span.path if found.span else ""


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12), st.sets(st.sampled_from(ALL), min_size=1))
@settings(deadline=None, max_examples=12)
def test_a_servers_vectors_decide_as_the_packages_would(said: list[str], chosen: set[str]) -> None:
    statements = "\n  ".join(statement for statement in ALL if statement in chosen)
    with tempfile.TemporaryDirectory() as folder, vectors() as server:
        here, there = Path(folder, "here"), Path(folder, "there")
        local, served = written(here, statements, said, None), written(there, statements, said, server.url)
        local.build()
        served.build()
        assert ends(served) == ends(local)
        assert len(server.asked) == len(set(server.asked))


def test_texts_are_asked_together_and_once_and_a_rebuild_needs_no_server(tmp_path: Path) -> None:
    said = [f"{line} {place}" for place in range(20) for line in LINES[:5]]
    with vectors() as server:
        work = written(tmp_path, DEDUP, said, server.url)
        made = work.made()
        assert made.manifest.models == {"by meaning": "vectors@1"}
        assert sorted(server.asked) == sorted(said)
        assert len(server.texts) == 2, "64 texts in an exchange"
        assert (made.progress.fresh, made.progress.reused) == (100, 0)
        before = ends(work)
    work.edit("emit { line = page.text }", "emit { line = page.text, id = page.id }")
    again = work.made()
    assert (again.how, again.progress.fresh, again.progress.reused) == ("ran", 0, 100)
    assert [row["line"] for row in work.rows("lines")] == [row["line"] for row in before[0]]


def test_a_server_that_goes_away_stops_the_build_which_goes_on_later(tmp_path: Path) -> None:
    said = [f"{line} {place}" for place in range(20) for line in LINES[:5]]
    with vectors(most=1) as server:
        work = written(tmp_path, DEDUP, said, server.url)
        assert refused(work.build)[0] == "E0904"
        assert work.head is None
        server.most = None
        made = work.made()
    assert sorted(server.asked) == sorted(said), "what was answered is not asked again"
    assert made.progress.fresh + made.progress.reused == 100


def test_an_engine_that_cannot_embed_is_told_of_at_its_line(tmp_path: Path) -> None:
    with vectors() as server:
        work = written(tmp_path, DEDUP, LINES, server.url, embed=False)
        assert refused(work.build) == ("E0811", "synth.toml")
        work.edit(DEDUP, "dedup page.text by exact")
        assert work.made().how == "ran", "nobody is to embed anything"
    assert server.asked == []


@pytest.mark.parametrize("made", [lambda text: [1.0] * (1 + len(text) % 2), lambda text: []])
def test_vectors_that_cannot_be_compared_are_told_of(tmp_path: Path, made: Callable[[str], list[float]]) -> None:
    with vectors(made=made) as server:
        work = written(tmp_path, DEDUP, ["a", "bb", "ccc"], server.url)
        assert refused(work.build)[0] == "E0812"


def test_another_server_is_another_version_and_shares_no_vectors(tmp_path: Path) -> None:
    with vectors() as server:
        work = written(tmp_path, DEDUP, LINES, server.url)
        work.build()
        first = len(server.asked)
        config = tmp_path / "synth.toml"
        config.write_text(config.read_text().replace('revision = "1"', 'revision = "2"'))
        assert work.made().how == "ran"
        assert len(server.asked) == 2 * first
        assert work.made().how == "unchanged"


def test_a_plan_says_how_many_texts_would_be_embedded_and_asks_nobody(tmp_path: Path) -> None:
    with vectors() as server:
        said = [*LINES[:6], LINES[0]]
        work = written(tmp_path, "\n  ".join(ALL), said, server.url)
        found = planned(work)
        assert server.asked == []
        cells = {name: (cell.reused, cell.low, cell.high, cell.kind) for name, cell in found.cells.items()}
        assert cells == {
            ALL[0]: (0, 6, 6, "meaning"),
            ALL[1]: (0, 2, 2 + 7, "meaning"),
            ALL[2]: (0, 2, 2 + 7, "meaning"),
            ALL[3]: (0, 0, 7, "meaning"),
        }
        work.build()
        assert planned(work).how == "unchanged"
        work.edit("emit { line = page.text }", "emit { line = page.text, id = page.id }")
        assert _new(planned(work).cells) == 0, "the journal knows them all"
        work.edit(DEDUP, 'dedup page.text + "?" by meaning(0.75)')
        assert planned(work).cells['dedup page.text + "?" by meaning(0.75)'].low == 6


def test_a_preview_asks_for_the_texts_of_its_rows_alone(tmp_path: Path) -> None:
    with vectors() as server:
        work = written(tmp_path, DEDUP, LINES, server.url)
        with session_of(work) as session:
            shown = bridge.run(preview(work.analysis(session, {}), session, None, 3))
    assert [one.end.split(" ")[0] for one in shown] == ["kept", "dropped", "dropped"]
    assert sorted(server.asked) == sorted(LINES[:3])


def test_a_merge_says_that_it_cannot_compare_again(tmp_path: Path) -> None:
    with vectors() as server:
        work = written(tmp_path, DEDUP, LINES[:2], server.url)
        work.build()
        work.store.create_branch("side", work.store.resolve("main"))
        for branch, said in (("side", [*LINES[:2], LINES[5]]), ("main", [*LINES[:2], "", LINES[3]])):
            (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(said) if row["text"]))
            with session_of(work) as session:
                build(work.analysis(session, {}), session, Options(branch))
    store = work.store
    found = merge(store, store.resolve("main"), store.resolve("side"), catalog=ProjectCatalog(tmp_path))
    assert [problem.code for problem in found.problems] == ["E1069"]
    assert "a merge asks nobody" in found.problems[0].notes[0]


def _new(cells: dict[str, Cell]) -> int:
    return sum(cell.high for cell in cells.values())
