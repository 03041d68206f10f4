"""The text of `synth.toml` in; the configuration out, or a SynthError with every mistake in it at its line."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Literal, cast

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from dsl.source import Source, Span
from runtime.config.model import (
    DEFAULT,
    EMBEDDED,
    MEANING,
    Binding,
    Budget,
    Config,
    EngineConfig,
    ExecutorName,
    LintConfig,
    Profile,
    RayConfig,
    ReviewConfig,
    StoreConfig,
)
from runtime.config.places import Places
from runtime.config.reading import Report, Table
from runtime.config.secrets import secrets
from runtime.config.start import StartConfig, read_start

REPOSITORY = re.compile(r"[a-z0-9][a-z0-9-]{2,62}")
"""What lakeFS takes as a repository's name."""

_UNITS = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000, "B": 1_000_000_000}


def read_config(source: Source) -> Config:
    """Check everything, so that five mistakes are five messages."""
    report = Report(source)
    top = Table(_parse(source), (), report)
    for keys in secrets(top.values):
        _secret(report, keys)
    store = _store(top.table("store"))
    engines = {EMBEDDED: EngineConfig(EMBEDDED)}
    engines |= {name: _engine(name, table) for name, table in top.table("engines").tables().items()}
    profiles = {DEFAULT: Profile()}
    profiles |= {name: _profile(name, table, engines) for name, table in top.table("profile").tables().items()}
    review = _review(top.table("review")) if "review" in top.values else ReviewConfig()
    ray = _ray(top.table("ray"))
    lint = _lint(top.table("lint"))
    top.finish()
    if report.diagnostics:
        raise SynthError(*sorted(report.diagnostics, key=lambda found: found.sort_key))
    return Config(store, engines, profiles, source, review, ray, lint)


def _parse(source: Source) -> dict[str, Any]:
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise SynthError(_not_toml(source, str(error))) from None


def _not_toml(source: Source, message: str) -> Diagnostic:
    match = re.search(r" \(at line (\d+), column (\d+)\)| \(at end of document\)", message)
    start = len(source.text)
    if match and match[1]:
        start = min(source.line_starts[int(match[1]) - 1] + int(match[2]) - 1, start)
    said = message[: match.start()] if match else message
    span = Span(source.path, max(start - 1, 0) if start == len(source.text) else start, max(start, 1))
    help_ = 'a table is `[name]`, a setting `key = value`, and a text stands in "quotes"'
    return Diagnostic("E0701", f"`{source.path}` is not valid TOML: {said[:1].lower()}{said[1:]}", span, help=help_)


def _secret(report: Report, keys: tuple[str, ...]) -> None:
    """Has no place on purpose: a rendering quotes the line, and the secret with it."""
    span = Places(report.source).span(keys)
    line = f", line {report.source.position(span.start).line}" if span else ""
    found = Diagnostic(
        "E0704",
        f"`{'.'.join(keys)}` looks like a secret ({report.source.path}{line})",
        help="secrets come from the environment alone; take it out of the file, and out of its history",
    )
    report.diagnostics.append(found)
    report.hidden.add(keys)


def _store(table: Table) -> StoreConfig:
    kind = table.take("kind", str, ("git", "lakefs")) or "git"
    found = StoreConfig(
        cast(Literal["git", "lakefs"], kind),
        table.take("path", str),
        table.take("repository", str),
        table.take("endpoint", str),
        table.take("storage_namespace", str),
    )
    if found.repository is not None and not REPOSITORY.fullmatch(found.repository):
        table.wrong("repository", "takes 3 to 63 of a–z, 0–9 and `-`, as lakeFS names repositories")
    table.finish()
    return found


def _ray(table: Table) -> RayConfig:
    found = RayConfig(table.take("address", str), table.take("workers", int, least=1))
    table.finish()
    return found


def _lint(table: Table) -> LintConfig:
    found = LintConfig(table.texts("select") or (), table.texts("ignore") or ())
    table.finish()
    return found


def _review(table: Table) -> ReviewConfig:
    """With the section and nothing in it, `main` takes what one other person has approved."""
    approvals, branches = table.take("approvals", int, least=0), table.texts("branches")
    audits, flags = table.take("audits", str, ("green", "any")), table.take("flags", str, ("read", "any"))
    signatures = table.take("signatures", str, ("required", "allowed")) or "allowed"
    found = ReviewConfig(
        branches=("main",) if branches is None else branches,
        approvals=1 if approvals is None else approvals,
        author_may_approve=bool(table.take("author_may_approve", bool)),
        audits=cast(Literal["green", "any"], audits or "green"),
        flags=cast(Literal["read", "any"], flags or "read"),
        signatures=cast(Literal["required", "allowed"], signatures),
        allowed_signers=table.take("allowed_signers", str),
        signing_key=table.take("signing_key", str),
    )
    if signatures == "required" and table.values and not found.allowed_signers:
        table.report.add("E0703", "signatures are checked against `allowed_signers`", (*table.keys, "signatures"))
    table.finish()
    return found


def _engine(name: str, table: Table) -> EngineConfig:
    """The settings are the engine's own and checked by its registry, which knows them."""
    kind = table.take("kind", str) or "llamacpp"
    start = read_start(table.table("start")) if kind == "sglang" else StartConfig()
    own = ("kind", "start") if kind == "sglang" else ("kind",)
    return EngineConfig(name, kind, {key: value for key, value in table.values.items() if key not in own}, start)


def _profile(name: str, table: Table, engines: dict[str, EngineConfig]) -> Profile:
    roles = table.table("roles")
    bound = {role: _role(roles, role, engines) for role in roles.values}
    engine = table.take("engine", str)
    found = Profile(
        name=name,
        roles={role: binding for role, binding in bound.items() if binding is not None},
        otherwise=Binding(_known(table, "engine", engine or EMBEDDED, engines), table.take("model", str)),
        params=dict(table.table("params").values),
        branch=table.take("branch", str),
        budget=_budget(table.table("budget")),
        limit=table.take("limit", int, least=1),
        audits=cast(Literal["fail", "warn"], table.take("audits", str, ("fail", "warn")) or "fail"),
        executor=cast(ExecutorName, table.take("executor", str, ("local", "ray")) or "local"),
        workers=table.take("workers", int, least=1),
    )
    table.finish()
    return found


def _role(roles: Table, role: str, engines: dict[str, EngineConfig]) -> Binding | None:
    """`writer = "gpu"` or `scorer = { engine = "gpu", model = "…", kind = "reward" }`."""
    value = roles.values[role]
    if isinstance(value, str):
        roles.asked.add(role)
        return Binding(_known(roles, role, value, engines))
    if not isinstance(value, dict):
        roles.wrong(role, "takes an engine's name, or a table with `engine`, `model` and `kind`")
        return None
    table = roles.table(role)
    engine = _known(table, "engine", table.take("engine", str) or EMBEDDED, engines)
    kind = table.take("kind", str, ("chat", "reward", "embedding")) or "chat"
    if kind == "embedding" and role != MEANING:
        table.wrong("kind", f"is `embedding` for the role `{MEANING}` alone, whom statements `by meaning` ask")
    found = Binding(engine, table.take("model", str), cast(Literal["chat", "reward", "embedding"], kind))
    table.finish()
    return found


def _known(table: Table, key: str, engine: str, engines: dict[str, EngineConfig]) -> str:
    if engine not in engines:
        table.report.add(
            "E0705",
            f"there is no engine `{engine}`",
            (*table.keys, key),
            did_you_mean(engine, engines),
            notes=(f"engines: {', '.join(sorted(engines))}",),
            help=f"add [engines.{engine}] to synth.toml",
        )
        return EMBEDDED
    return engine


def _budget(table: Table) -> Budget:
    found = Budget(_amount(table, "tokens"), _amount(table, "calls"), table.take("minutes", float, least=0))
    table.finish()
    return found


def _amount(table: Table, key: str) -> int | None:
    """`2_000_000` or `"2M"`."""
    value = table.values.get(key)
    if isinstance(value, str):
        table.asked.add(key)
        number = read_amount(value)
        if number is None:
            table.wrong(key, 'takes a number, as in 2_000_000 or "2M"')
        return number
    amount: int | None = table.take(key, int, least=1)
    return amount


def read_amount(text: str) -> int | None:
    """`2M` is 2,000,000; also k, G and B. None for what is no amount above zero."""
    match = re.fullmatch(r"([\d_]+(?:\.\d+)?)\s*([kMGB]?)", text.strip())
    amount = int(float(match[1].replace("_", "") or 0) * _UNITS.get(match[2], 1)) if match else 0
    return amount or None
