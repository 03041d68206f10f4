"""Nothing in; two versions of one small dataset, with every kind of difference between them, out."""

from __future__ import annotations

from runtime.tables.manifest import Fingerprints, InputDigest
from runtime.tables.schema import INT, STR, list_of, optional, record_of
from tests.diff.builder import Version, step

MESSAGES = list_of(record_of({"role": STR, "content": STR}))
TYPES = {"messages": MESSAGES, "topic": STR, "score": INT, "note": optional(STR)}
SPEC = """edition 1

prompt reply(text: str) \"\"\"
  @system
  You answer {how}.
  @user
  {{{{ text }}}}
\"\"\"
"""


def _messages(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def _topic(number: int) -> str:
    return "loops" if number < 7 else "names"


def before() -> Version:
    rows = {
        (f"page{n:02}",): {
            "messages": _messages(f"What happens in case {n}?", f"The loop stops at once, and case {n} is skipped."),
            "topic": _topic(n),
            "score": n,
            "note": None,
        }
        for n in range(20)
    }
    return Version(
        tables={"qa": (TYPES, rows)},
        rejected={("page30",): "filter 1", ("page31",): "filter 1"},
        steps=(
            step("gen answer", "gen answer: str = reply(text) with writer { temperature = 0.3 }", temperature=0.3),
            step("filter 1", "filter not repetitive(answer)"),
        ),
        prompts={"reply": "p0", "ask": "q0"},
        measures={"distinct_2(messages)": 0.61, "rows": 20},
        models={"writer": "sha256:aaaa"},
        sampling={"writer": {"temperature": 0.7}},
        inputs={"pages": InputDigest("i0", 32)},
        sources={"qa.synth": SPEC.format(how="in one or two sentences")},
    )


def after() -> Version:
    """Seven answers on loops differ; page19 is filtered now, page30 is not, page18 has gone, page40 is new."""
    rows = {}
    for n in (*range(18), 30, 40):
        end = "ends right away;" if n < 7 else "stops at once, and"
        rows[(f"page{n:02}",)] = {
            "messages": _messages(f"What happens in case {n}?", f"The loop {end} case {n} is skipped."),
            "topic": _topic(n),
            "score": n,
            "note": "short" if n == 3 else None,
        }
    return Version(
        tables={"qa": (TYPES, rows)},
        rejected={("page31",): "filter 2", ("page19",): "filter 2"},
        steps=(
            step("gen answer", "gen answer: str = reply(text) with writer { temperature = 0.5 }", temperature=0.5),
            step("filter 1", "filter words(answer) > 3"),
            step("filter 2", "filter not repetitive(answer)"),
        ),
        prompts={"reply": "p1", "ask": "q0"},
        measures={"distinct_2(messages)": 0.64, "rows": 20},
        models={"writer": "sha256:bbbb"},
        sampling={"writer": {"temperature": 0.7, "top_p": 0.9}},
        inputs={"pages": InputDigest("i1", 33)},
        seed=1,
        sources={"qa.synth": SPEC.format(how="in one sentence")},
        fingerprints=Fingerprints("d1", "e1", "f1"),
    )
