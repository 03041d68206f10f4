"""The example of half real, half synthetic tickets: planned, built, committed, compared and asked about, as written.

The model is a function that writes tickets in the language that it is asked for; everything else is what a user runs.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.build.build import Build
from runtime.cli import run
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.labels import judgement
from runtime.engines.protocol import Answer, Request
from tests.acceptance.workshop import Workshop

SPEC = Path(__file__).parents[1] / "dsl" / "examples" / "support_mix.synth"
PRODUCTS = ("router", "phone", "billing")
WORDS = {
    "en": "since the storm on monday evening my old {} shows a strange message and i really cannot work with it as "
    "nothing happens when somebody presses this small button again while the green lamp goes out slowly please help",
    "de": "seit dem sturm am montag abend zeigt mein altes {} eine seltsame meldung und ich kann damit nicht mehr "
    "arbeiten weil gar nichts passiert wenn jemand diesen kleinen knopf drückt bitte helfen sie uns endlich schnell",
    "hi": "सोमवार शाम के तूफान के बाद से मेरा पुराना {} एक अजीब संदेश दिखाता है और मैं इसके साथ काम नहीं कर सकता क्योंकि "
    "जब कोई यह छोटा बटन दबाता है तो कुछ भी नहीं होता है कृपया हमारी मदद जल्दी से करें धन्यवाद आपका",
}


class Model(DeterministicEngine):
    """Every ticket is about its product and useful; a judge says yes where the product is named."""

    def __init__(self) -> None:
        super().__init__(respond=written)

    def _judge(self, request: Request, random: Random) -> Answer:
        asked, _, rest = request.messages[-1].content.partition("\n")
        yes = not asked.startswith("Is this ticket about") or asked.split()[-1].rstrip("?") in rest
        likely = dict(zip(request.labels, (-0.05, -3.0) if yes else (-3.0, -0.05), strict=True))
        return judgement(likely, prompt_tokens=self.count_tokens(self.render(request)))


def written(request: Request) -> str | None:
    if request.constraint is None or request.constraint.kind != "json_schema":
        return None
    random = Random(int.from_bytes(request.digest, "big"))
    asked = request.messages[-1].content
    product = next(name for name in PRODUCTS if f"about your {name}" in asked)
    language = next(code for code in WORDS if f"in {code}." in asked)
    words = WORDS[language].format(product).split()
    body = " ".join(words[:12] + random.sample(words, 24) + [product])
    return json.dumps({"subject": f"{product} {random.random():.6f}", "body": body, "mood": "worried"})


def ticket(number: int, place: str) -> dict[str, str]:
    words = WORDS["en"].format("telephone").split()
    Random(f"{place} {number}").shuffle(words)
    return {"subject": f"{place} case {number}", "body": " ".join(words), "mood": "calm"}


def gold(product: str, named: str) -> dict[str, Any]:
    return {"product": product, "ticket": {**ticket(1, "gold"), "subject": f"my {named}"}, "expected": product == named}


def project(folder: Path) -> Workshop:
    work = Workshop(folder).write(SPEC.read_text(encoding="utf-8"))
    inputs = folder / "inputs"
    (inputs / "pages").mkdir(parents=True)
    texts = [f"Page {number} says how a thing of kind {number * 7} is used by people." for number in range(16)]
    table = pa.table({"id": [f"page{n:02}" for n in range(16)], "text": texts})
    pq.write_table(table, inputs / "pages" / "pages.parquet")
    lines = ["subject,body,mood", *(",".join(ticket(n, "real").values()) for n in range(9))]
    (inputs / "real_tickets.csv").write_text("\n".join(lines) + "\n")
    (inputs / "eval.jsonl").write_text("".join(json.dumps(ticket(n, "eval")) + "\n" for n in range(3)))
    (inputs / "glossary.md").write_text("A router is a box.\n")
    cases = [gold("router", "router"), gold("phone", "phone"), gold("billing", "router")]
    (inputs / "on_topic_gold.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    return work


def built(work: Workshop, **options: Any) -> Build:
    return work.build(Model(), {"wanted": 12}, **options)


def test_the_example_is_built_compared_and_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = project(tmp_path)
    monkeypatch.chdir(work.root)

    def said(*arguments: str) -> str:
        assert run(list(arguments)) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    planned = said("plan", "spec.synth", "-p", "wanted=12")
    assert "depends on authors" in planned and "depends on tickets" in planned
    done = built(work, audits="warn")
    assert [(one.manifest.dataset, one.how) for one in done.datasets] == [
        ("authors", "ran"),
        ("tickets", "ran"),
        ("train", "ran"),
    ]
    assert len(work.store.log("main")) == 1
    tickets = work.rows("tickets")
    assert len(tickets) == 12
    assert {row["product"] for row in tickets} == set(PRODUCTS)
    assert all(row["customer"] == row["key"].split("/")[0] for row in tickets)
    train = work.rows("train")
    assert sorted(row["source"] for row in train) == ["real"] * 9 + ["tickets"] * 9

    assert built(work, audits="warn").commit is None
    assert "train  18 rows of 21 candidates" in said("show")
    key = next(row["key"] for row in train if row["source"] == "tickets")
    assert "is there" in said("why", "train", key)
    assert "takes 9 of its 12 rows" in said("why", "train")
    blamed = said("blame", "train", key, "body")
    assert "ticket" in blamed and "seed" in blamed
    real = next(row["key"] for row in train if row["source"] == "real")
    assert said("blame", "train", real).startswith(real)

    work.edit("tickets: 50%, real: 50%", "tickets: 25%, real: 75%")
    built(work, audits="warn")
    assert sorted(row["source"] for row in work.rows("train")) == ["real"] * 9 + ["tickets"] * 3
    assert {row["key"] for row in work.rows("train")} < {row["key"] for row in train}
    compared = said("diff", "main~1..main", "train")
    assert "tickets: 25%" in compared
