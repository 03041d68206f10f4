"""Settings that are worked out once are those that would have been worked out each time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.openai import sampling
from runtime.engines.openai.flavours import FLAVOURS, Flavour
from runtime.engines.openai.sampling import Sampler
from runtime.engines.openai.wire import sampled
from runtime.engines.protocol import Constraint, EngineRejected, Message, Request, Sampling

SCHEMA = Constraint("json_schema", '{"type": "object", "properties": {"a": {"type": "string"}}}')
REQUESTS = st.builds(
    Request,
    st.just("model"),
    st.just((Message("user", "hello"),)),
    sampling=st.builds(
        Sampling,
        temperature=st.sampled_from([0.0, 0.7, 1.0]),
        top_p=st.sampled_from([1.0, 0.9]),
        max_tokens=st.integers(1, 3),
        stop=st.sampled_from([(), ("a",), ("a", "b")]),
    ),
    constraint=st.sampled_from([None, SCHEMA]),
    seed=st.integers(0, 2**64 - 1),
)


@given(st.lists(REQUESTS, max_size=12), st.sampled_from(sorted(FLAVOURS)))
def test_settings_that_are_remembered_are_those_worked_out_anew(requests: list[Request], name: str) -> None:
    sampler = Sampler(FLAVOURS[name], "far")
    for request in requests:
        fields = sampler.fields(request)
        assert list(fields.items()) == list(sampled(request, FLAVOURS[name], "far").items())
        fields["seed"] = fields["model"] = "another's"


def test_no_more_settings_are_remembered_than_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST", 3)
    sampler = Sampler(FLAVOURS["plain"], "far")
    for tokens in range(1, 20):
        request = Request("model", (), sampling=Sampling(max_tokens=tokens))
        assert sampler.fields(request)["max_tokens"] == tokens
    assert len(sampler._known) <= 3


def test_what_a_server_has_no_words_for_is_refused_each_time() -> None:
    sampler = Sampler(Flavour("plain", stops=1), "far")
    request = Request("model", (), sampling=Sampling(stop=("a", "b")))
    for _ in range(2):
        with pytest.raises(EngineRejected, match="stop strings"):
            sampler.fields(request)
