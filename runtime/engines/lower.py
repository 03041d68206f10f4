"""A constraint and an engine's capabilities in; the constraint the engine decodes under out, or a diagnostic.

What an engine lacks becomes something it has: regex to a schema's pattern, choice to a regex. Where nothing is left the
engine decodes freely and the caller, who validates every answer anyway, asks again. That works for a pattern; it does
not for a JSON object or a probability, which are refused by name (`lacking`) before anything runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, SynthError
from runtime.engines.patterns import UnsupportedPattern, decoder_text
from runtime.engines.protocol import Capabilities, Constraint, Engine
from runtime.engines.schemas import InvalidSchema, decodable


@dataclass(frozen=True, slots=True)
class Lowered:
    """`constraint` is what to send. `decoded` says that answers keep the form; otherwise some will be asked again.
    `quoted` says that the answer comes as a JSON string, to be read by `read`.
    """

    constraint: Constraint | None
    decoded: bool
    quoted: bool = False

    def read(self, text: str) -> str:
        """The answer's text as the caller asked for it; what is no JSON string is left for validation to refuse."""
        if not self.quoted:
            return text
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else text


def lower(constraint: Constraint | None, engine: Engine) -> Lowered:
    """What `engine` is asked for `constraint`; raises `SynthError` (E0804, E0805)."""
    if constraint is None:
        return Lowered(None, True)
    mistake = check(constraint)
    if mistake:
        raise SynthError(mistake)
    if constraint.kind == "regex":
        return _regex(constraint.source, engine.capabilities)
    if constraint.kind == "choice":
        return _choice(constraint, engine.capabilities)
    if not getattr(engine.capabilities, constraint.kind):
        raise SynthError(_lacks(engine, constraint.kind))
    exact = constraint.kind == "grammar" or decodable(constraint.source).exact
    return Lowered(constraint, exact)


def _regex(pattern: str, can: Capabilities) -> Lowered:
    try:
        text = decoder_text(pattern)
    except UnsupportedPattern:
        return Lowered(None, False)
    if can.regex:
        return Lowered(Constraint("regex", pattern), True)
    if can.json_schema:
        return Lowered(_schema({"type": "string", "pattern": f"^(?:{text})$"}), True, quoted=True)
    return Lowered(None, False)


def _choice(constraint: Constraint, can: Capabilities) -> Lowered:
    if can.choice:
        return Lowered(constraint, True)
    choices = json.loads(constraint.source)
    if can.regex:
        return Lowered(Constraint("regex", "|".join(map(re.escape, choices))), True)
    if can.json_schema:
        return Lowered(_schema({"type": "string", "enum": choices}), True, quoted=True)
    return Lowered(None, False)


def _schema(schema: object) -> Constraint:
    return Constraint("json_schema", json.dumps(schema, ensure_ascii=False))


def check(constraint: Constraint) -> Diagnostic | None:
    """What is wrong with a constraint whatever the engine. A pattern that only cannot be decoded is not wrong."""
    try:
        if constraint.kind == "json_schema":
            decodable(constraint.source)
        elif constraint.kind == "choice" and not _is_choice(json.loads(constraint.source)):
            return _refused(constraint, "a choice needs at least one text, and each only once")
        elif constraint.kind == "regex":
            re.compile(constraint.source)
    except (InvalidSchema, re.error, ValueError) as error:
        return _refused(constraint, str(error))
    return None


def _is_choice(value: object) -> bool:
    return isinstance(value, list) and 0 < len(value) == len({v for v in value if isinstance(v, str)})


def lacking(engine: Engine, needs: Iterable[str]) -> tuple[Diagnostic, ...]:
    """One diagnostic (E0804) for each need that `engine` does not meet and that nothing stands in for.

    A need is a capability, or a setting beyond those that every engine knows: `top_k`, `min_p`, `repetition_penalty`.
    `prefill` is a turn left open: an assistant turn with text, or a user turn.
    """
    can = engine.capabilities
    missing = (need for need in needs if not (need in can.sampling or getattr(can, need, False)))
    return tuple(_lacks(engine, need) for need in missing)


_FEATURES = {
    "json_schema": "decode under a JSON schema (typed fields, records, lists)",
    "grammar": "decode under a grammar",
    "logprobs": "give log-probabilities of labels (judges)",
    "prefill": "continue an open turn (`@open`)",
    "raw": "be given plain text without a chat template (`@raw`)",
    "tokenize": "count tokens",
    "top_k": "be told `top_k`",
    "min_p": "be told `min_p`",
    "repetition_penalty": "be told `repetition_penalty`",
}
_WAYS_OUT = {
    "logprobs": "bind the judge's role to an engine that gives them, or let it vote: `votes = 8` of an `openai` engine",
    "prefill": "bind the role to another engine, or give the `openai` engine the model's own `chat_template`",
}
_WAY_OUT = "bind the role to another engine in synth.toml, or write the step without it"


def _lacks(engine: Engine, need: str) -> Diagnostic:
    way_out = _WAYS_OUT.get(need, _WAY_OUT)
    return Diagnostic("E0804", f"engine `{engine.name}` cannot {_FEATURES[need]}", help=way_out)


def _refused(constraint: Constraint, reason: str) -> Diagnostic:
    kind = constraint.kind.replace("json_schema", "JSON schema")
    return Diagnostic(
        code="E0805",
        message=f"no answer can be decoded under this {kind}",
        notes=(reason, f"{kind}: {constraint.source[:200]}"),
    )
