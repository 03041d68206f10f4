"""What a model wrote says how likely it was, whatever its type: as the calls table has it, and else a plain value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.workshop import Row, Workshop

SPEC = '''edition 1
record Case {
  id: str
}
record Pair {
  a: int
  b: bool
}
input cases: Case = jsonl("cases.jsonl") { key = id }
prompt ask(id: str) """
  {{ id }}
"""
prompt tell(n: int, ok: bool, share: float) """
  {{ n }}, {{ ok }}, {{ share }}{% if ok %}!{% endif %}
"""
judge fair(n: int, ok: bool) -> bool by critic """
  {{ n }} and {{ ok }}?
"""
dataset out {
  each case from cases
  gen n: int = ask(case.id) with writer
  gen ok: bool = ask(case.id) with writer
  gen share: float = ask(case.id) with writer
  gen kind: "x" | "y" = ask(case.id) with writer
  gen text: str = ask(case.id) with writer { max_tokens = 200 }
  gen pair: Pair = ask(case.id) with writer
  gen words: str[2] = ask(case.id) with writer
  gen maybe: int? = ask(case.id) with writer
  gen oks: bool = ask(case.id) with writer times 3
  gen ns: int = tell(n, ok, share) with writer for ok in oks
  let verdict = fair(n, ok)
  let best = oks.best(by = logprob)
  let second = ns[1]
  dedup { n: n, ok: ok, share: share, oks: oks } by exact
  flag ok when ok
  emit {
    n = n, n_sure = n.logprob
    ok = ok, ok_sure = ok.logprob
    share = share, share_sure = share.logprob
    kind = kind, kind_sure = kind.logprob
    text_sure = text.logprob
    pair_sure = pair.logprob
    words_sure = words.logprob
    maybe_sure = maybe.logprob
    oks = oks, oks_sure = oks.map(logprob)
    ns = ns, ns_sure = ns.map(logprob)
    best = best, best_score = best.score, best_sure = best.logprob
    second = second, second_sure = second.logprob
    verdict = verdict, p = verdict.p
    told = str(n) + " " + str(ok), held = if ok then 1 else 0
  }
  audit share(ok == true) >= 0
  audit mean(n_sure) < 0
}
test "a mocked truth value is one" {
  mock n = 3
  mock ok = true
  mock share = 0.5
  mock kind = "x"
  mock text = "t"
  mock pair = { a: 1, b: false }
  mock words = ["a", "b"]
  mock maybe = null
  mock oks = [true, false, true]
  mock ns = 4
  mock fair = true
  expect that ok
  expect that ok == true
  expect that n == 3
  expect that oks.count(it) == 2
  expect that verdict
  expect kept
}
'''
ONE = ("n", "ok", "share", "kind", "text", "pair", "words", "maybe")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    shop = Workshop(tmp_path_factory.mktemp("logprob") / "shop")
    shop.write(SPEC, cases=[{"id": f"c{number}"} for number in range(6)]).build()
    return shop


def _calls(built: Workshop, key: str, cell: str) -> list[Row]:
    """Those that were used, element by element and sample by sample."""
    found = [row for row in built.rows("out", "calls") if (row["row"], row["cell"]) == (key, cell)]
    return [row for row in found if row["error"] is None]


def test_every_type_says_how_likely_it_was(built: Workshop) -> None:
    rows = built.rows("out")
    assert rows
    for row in rows:
        for cell in ONE:
            [call] = _calls(built, row["key"], cell)
            null = call["value"] in (None, "null")
            assert row[f"{cell}_sure"] == (None if null else call["logprob"]), cell


def test_elements_of_lists_say_it_each_for_itself(built: Workshop) -> None:
    for row in built.rows("out"):
        for cell in ("oks", "ns"):
            said: list[Any] = [call["logprob"] for call in _calls(built, row["key"], cell)]
            assert row[f"{cell}_sure"] == said
        assert row["best_sure"] == row["best_score"] == max(row["oks_sure"])
        assert row["best"] == row["oks"][row["oks_sure"].index(row["best_sure"])]
        assert (row["second"], row["second_sure"]) == (row["ns"][1], row["ns_sure"][1])


def test_the_values_themselves_are_plain(built: Workshop) -> None:
    types = {"n": int, "ok": bool, "share": float, "best": bool, "second": int, "verdict": bool}
    for row in built.rows("out"):
        assert {name: type(row[name]) for name in types} == types
        assert row["told"] == f"{row['n']} {str(row['ok']).lower()}"
        assert row["held"] == int(row["ok"])
    said = {call["value"] for call in built.rows("out", "calls") if call["cell"] == "ok" and call["kind"] == "gen"}
    assert said <= {"true", "false"}


def test_a_prompt_shows_them_as_it_shows_what_is_written_in_the_spec(built: Workshop) -> None:
    for row in built.rows("out"):
        for call, ok in zip(_calls(built, row["key"], "ns"), row["oks"], strict=True):
            assert f'"ok":{str(ok).lower()}' in call["arguments"].replace(" ", "")


def test_what_is_built_anew_from_the_journal_is_the_same(built: Workshop) -> None:
    again = built.build()
    assert [one.how for one in again.datasets] == ["unchanged"]
