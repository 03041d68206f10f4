"""A request in; the JSON of SGLang's routes out. And their JSON in; an answer out. No server is touched here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime.engines.labels import IMPOSSIBLE
from runtime.engines.protocol import Answer, EngineRejected, EngineUnavailable, Request
from runtime.engines.seeds import folded
from runtime.engines.sglang.grammar import grammar
from runtime.engines.sglang.pared import Pared

Prompt = str | list[int]
Json = dict[str, Any]

MOST_STOPS = 32
ALIKE = {"return_logprob": True, "token_ids_logprob": [0]}
"""What every request asks for, because a judgement does: SGLang 0.5.14 to 0.5.17 end with all their requests when a
batch holds one that asks for log-probabilities of token ids and one that does not (sgl-project/sglang#34719).
"""
_READ = {"max_new_tokens": 0, "temperature": 0.0}
"""Sampling that computes the prompt and writes nothing."""
_MISSHAPEN = (KeyError, IndexError, TypeError, AttributeError, ValueError)


# --- out ---


def generate_body(request: Request, prompt: Prompt, name: str, seeded: bool = True) -> Json:
    """The body of an ordinary call; raises `EngineRejected` for what the server would refuse."""
    params = {**_sampling(request, name), **_seed(request, seeded), **grammar(request.constraint, name)}
    return {**_prompt(prompt), "sampling_params": params, **ALIKE}


def batch_body(requests: Sequence[Request], prompt: Prompt, name: str, seeded: bool = True) -> Json:
    """One prompt, once for each request: they differ in their seeds."""
    body = generate_body(requests[0], prompt, name, seeded)
    params = body["sampling_params"]
    seeds = [_seed(request, seeded) for request in requests]
    return {
        **{key: [value] * len(requests) for key, value in _prompt(prompt).items()},
        "sampling_params": [params | seed for seed in seeds],
        "return_logprob": True,
        "token_ids_logprob": [ALIKE["token_ids_logprob"]] * len(requests),
    }


def warm_body(prompt: Prompt) -> Json:
    return {**_prompt(prompt), "sampling_params": _READ, **ALIKE}


def judge_body(prompt: Prompt, tokens: Sequence[int]) -> Json:
    """The body of a judgement over the next token."""
    return {
        **_prompt(prompt),
        "sampling_params": {"max_new_tokens": 1, "temperature": 0.0},
        "return_logprob": True,
        "token_ids_logprob": list(tokens),
    }


def spelt_body(prompt: list[int], forms: Sequence[Sequence[int]]) -> Json:
    """The prompt with each form behind it, to be read for the forms' log-probabilities. The server computes anew from
    the place on at which these are to begin, and no earlier."""
    return {
        "input_ids": [[*prompt, *form] for form in forms],
        "sampling_params": _READ,
        "return_logprob": True,
        "logprob_start_len": [len(prompt) - 1] * len(forms),
        "token_ids_logprob": [ALIKE["token_ids_logprob"]] * len(forms),
    }


def reward_body(prompt: list[int]) -> Json:
    """The body of `/classify`, which a server of a reward model answers with its score."""
    return {"input_ids": prompt}


def embed_body(texts: Sequence[str]) -> Json:
    """The body of `/encode`. A text without a token is refused, so an empty one is a blank."""
    return {"text": [text or " " for text in texts]}


def _prompt(prompt: Prompt) -> Json:
    return {"text": prompt} if isinstance(prompt, str) else {"input_ids": prompt}


def _sampling(request: Request, name: str) -> Json:
    s = request.sampling
    if len(s.stop) > MOST_STOPS:
        raise EngineRejected(name, f"{len(s.stop)} stop strings, where a server takes at most {MOST_STOPS}")
    sampling: Json = {
        "max_new_tokens": s.max_tokens,
        "temperature": s.temperature,
        "top_p": s.top_p,
        "top_k": s.top_k or -1,
        "min_p": s.min_p,
        "frequency_penalty": s.frequency_penalty,
        "presence_penalty": s.presence_penalty,
        "repetition_penalty": s.repetition_penalty,
    }
    return sampling | ({"stop": list(s.stop)} if s.stop else {})


def _seed(request: Request, seeded: bool) -> Json:
    seeded = seeded and request.sampling.temperature > 0
    return {"sampling_seed": folded(request.seed)} if seeded else {}


# --- in ---


class reading:  # noqa: N801 (it is used as a function)
    """JSON of another shape comes from another service, which has taken the address, or stands before it."""

    __slots__ = ("_name", "_path")

    def __init__(self, name: str, path: str) -> None:
        self._name, self._path = name, path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _MISSHAPEN):
            told = f"what {self._path} sent is no answer of SGLang's: {error!r}"
            raise EngineUnavailable(self._name, told) from error


def answer_of(data: Any, name: str = "sglang") -> Answer:
    """The answer in what `/generate` sent."""
    if type(data) is Pared:
        return _answer(data.data, data.logprob, name)
    meta = data["meta_info"]
    logprobs = [token[0] for token in meta.get("output_token_logprobs") or () if token[0] is not None]
    return _answer(data, sum(logprobs) / len(logprobs) if logprobs else None, name)


def _answer(data: Any, logprob: float | None, name: str) -> Answer:
    meta = finished(data, name)
    return Answer(
        str(data["text"]),
        "length" if (meta.get("finish_reason") or {}).get("type") == "length" else "stop",
        meta.get("prompt_tokens", 0),
        meta.get("completion_tokens", 0),
        meta.get("cached_tokens", 0),
        logprob,
    )


def finished(data: Any, name: str) -> Json:
    """What the server says of a request that it went through with; raises `EngineUnavailable` for one it was told to
    drop, as when it is updated or shut down: the part that it wrote is no answer."""
    meta: Json = data["meta_info"]
    finish = meta.get("finish_reason") or {}
    if finish.get("type") == "abort":
        raise EngineUnavailable(name, f"the server dropped the request: {finish.get('message') or 'aborted'}")
    return meta


def first_of(data: Any, tokens: Sequence[int], name: str) -> dict[int, float]:
    """The log-probabilities of `tokens` as the next one, in what `/generate` sent for `judge_body`."""
    entries = finished(data, name)["output_token_ids_logprobs"][0]
    known = {entry[1]: IMPOSSIBLE if entry[0] is None else float(entry[0]) for entry in entries}
    return {token: known[token] for token in tokens}


def counts_of(items: Sequence[Any]) -> tuple[int, int]:
    """Prompt tokens, and how many of them the server had computed before, over all that a judgement asked."""
    metas = [item["meta_info"] for item in items]
    return sum(meta.get("prompt_tokens", 0) for meta in metas), sum(meta.get("cached_tokens", 0) for meta in metas)


def spelt_of(data: Any, forms: Sequence[tuple[int, ...]], name: str) -> dict[tuple[int, ...], float]:
    """The log-probability of each form, in what `/generate` sent for `spelt_body`: its tokens are the last read."""
    found = {}
    for item, form in zip(data, forms, strict=True):
        entries = finished(item, name)["input_token_logprobs"][-len(form) :]
        if [entry[1] for entry in entries] != list(form):
            raise ValueError(f"log-probabilities of {[entry[1] for entry in entries]}, where {list(form)} was asked")
        found[form] = sum(IMPOSSIBLE if entry[0] is None else float(entry[0]) for entry in entries)
    return found


def rewarded(data: Any, name: str) -> Answer:
    """The score in what `/classify` sent."""
    scores = data["embedding"]
    if len(scores) != 1:
        raise EngineRejected(name, f"the model gives {len(scores)} numbers, where a reward model gives one score")
    return Answer(text=repr(float(scores[0])), prompt_tokens=finished(data, name).get("prompt_tokens", 0))


def embedded(data: Any, count: int, name: str) -> list[list[float]]:
    """The vectors in what `/encode` sent."""
    vectors = [[float(number) for number in item["embedding"]] for item in data]
    if len(vectors) != count or len({len(vector) for vector in vectors}) > 1:
        raise EngineUnavailable(name, f"{len(vectors)} vectors came, of several lengths or too few for {count} texts")
    return vectors
