"""A request in; the JSON of SGLang's `/generate` out. And its JSON in; an answer out. No server is touched here."""

from __future__ import annotations

import json
import re
from typing import Any

from runtime.engines.labels import judgement, log_sum
from runtime.engines.patterns import UnsupportedPattern, decoder_text
from runtime.engines.protocol import Answer, Constraint, EngineRejected, Request
from runtime.engines.schemas import InvalidSchema, decodable

MOST_STOPS = 32
ALIKE = {"return_logprob": True, "token_ids_logprob": [0]}
"""What every request asks for, because a judgement does: SGLang 0.5.14 to 0.5.17 end with all their requests when a batch
holds one that asks for log-probabilities of token ids and one that does not (sgl-project/sglang#34719).
"""


def generate_body(request: Request, prompt: str | list[int], name: str) -> dict[str, Any]:
    """The body of an ordinary call; raises `EngineRejected` for what the server would refuse."""
    return {
        **_prompt(prompt),
        "sampling_params": {**_sampling(request, name), **_constraint(request.constraint, name)},
        **ALIKE,
    }


def judge_body(prompt: str | list[int], tokens: list[int]) -> dict[str, Any]:
    """The body of a one-token judgement over `tokens`."""
    return {
        **_prompt(prompt),
        "sampling_params": {"max_new_tokens": 1, "temperature": 0.0},
        "return_logprob": True,
        "token_ids_logprob": tokens,
    }


def reward_body(prompt: list[int]) -> dict[str, Any]:
    """The body of `/classify`, which a server of a reward model answers with its score."""
    return {"input_ids": prompt}


def rewarded(data: Any, name: str) -> Answer:
    """The score in what `/classify` sent."""
    scores = data["embedding"]
    if len(scores) != 1:
        raise EngineRejected(name, f"the model gives {len(scores)} numbers, where a reward model gives one score")
    return Answer(text=repr(float(scores[0])), prompt_tokens=data["meta_info"].get("prompt_tokens", 0))


def _prompt(prompt: str | list[int]) -> dict[str, Any]:
    return {"text": prompt} if isinstance(prompt, str) else {"input_ids": prompt}


def _sampling(request: Request, name: str) -> dict[str, Any]:
    s = request.sampling
    if len(s.stop) > MOST_STOPS:
        raise EngineRejected(name, f"{len(s.stop)} stop strings, where a server takes at most {MOST_STOPS}")
    sampling: dict[str, Any] = {
        "max_new_tokens": s.max_tokens,
        "temperature": s.temperature,
        "top_p": s.top_p,
        "top_k": s.top_k or -1,
        "min_p": s.min_p,
        "frequency_penalty": s.frequency_penalty,
        "presence_penalty": s.presence_penalty,
        "repetition_penalty": s.repetition_penalty,
    }
    if s.stop:
        sampling["stop"] = list(s.stop)
    if s.temperature > 0:
        sampling["sampling_seed"] = (request.seed ^ (request.seed >> 32)) & 0x7FFFFFFF
    return sampling


def _constraint(constraint: Constraint | None, name: str) -> dict[str, str]:
    if constraint is None:
        return {}
    try:
        if constraint.kind == "json_schema":
            return {"json_schema": json.dumps(decodable(constraint.source).schema)}
        if constraint.kind == "grammar":
            return {"ebnf": constraint.source}
        choices = constraint.kind == "choice" and "|".join(map(re.escape, json.loads(constraint.source)))
        return {"regex": decoder_text(choices or constraint.source)}
    except (InvalidSchema, UnsupportedPattern, ValueError) as error:
        raise EngineRejected(name, f"{constraint.kind}: {error}") from error


def answer_of(data: Any) -> Answer:
    """The answer in what `/generate` sent."""
    meta = data["meta_info"]
    logprobs = [token[0] for token in meta.get("output_token_logprobs") or () if token[0] is not None]
    finish = meta.get("finish_reason") or {}
    return Answer(
        text=data["text"],
        finish="length" if finish.get("type") == "length" else "stop",
        prompt_tokens=meta.get("prompt_tokens", 0),
        completion_tokens=meta.get("completion_tokens", 0),
        cached_tokens=meta.get("cached_tokens", 0),
        logprob=sum(logprobs) / len(logprobs) if logprobs else None,
    )


def judged(data: Any, tokens: dict[str, list[int]]) -> Answer:
    """The judgement in what `/generate` sent; `tokens` are the ids of each label's spellings."""
    meta = data["meta_info"]
    known = {entry[1]: entry[0] for entry in meta["output_token_ids_logprobs"][0]}
    logprobs = {label: log_sum(known[token] for token in ids) for label, ids in tokens.items()}
    return judgement(logprobs, prompt_tokens=meta.get("prompt_tokens", 0), cached_tokens=meta.get("cached_tokens", 0))
