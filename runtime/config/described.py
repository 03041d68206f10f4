"""Nothing in; every setting of `synth.toml` with its form and what it is for, out: what an editor offers and explains.

A test holds this against what `read_config` and the engines' registry ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.config.start import DEVICES, GRAMMARS, SCHEDULES


@dataclass(frozen=True, slots=True)
class Described:
    """`form` is an example of the whole line. `choices` are all values that there are; empty where there is no list."""

    form: str
    doc: str
    choices: tuple[str, ...] = ()


Settings = Mapping[str, Described]
BOOL = ("true", "false")


def _of(key: str, *choices: str, doc: str) -> Described:
    return Described(f'{key} = "{choices[0]}"', doc, tuple(f'"{choice}"' for choice in choices))


STORE: Settings = {
    "kind": _of("kind", "git", "lakefs", doc="Where commits are kept: a git repository of this project, or lakeFS."),
    "path": Described('path = ".synth/store.git"', "The git store's folder, relative to the project."),
    "repository": Described('repository = "faq"', "The lakeFS repository; without it, the project folder's name."),
    "endpoint": Described('endpoint = "http://127.0.0.1:8000"', "Where lakeFS is; else the environment says."),
    "storage_namespace": Described('storage_namespace = "s3://data/faq"', "Where a new repository's data lies."),
}
PROFILE: Settings = {
    "engine": Described('engine = "embedded"', "The engine of every role that `roles` does not bind."),
    "model": Described('model = "Qwen/Qwen3-8B"', "Replaces the model that the engine's own settings name."),
    "branch": Described('branch = "main"', "The branch that a build commits to."),
    "limit": Described("limit = 100", "Only so many candidates."),
    "audits": _of("audits", "fail", "warn", doc="Whether a failed audit keeps a build from the branch."),
    "executor": _of("executor", "local", "ray", doc="Where rows are made: in this machine, or on a Ray cluster."),
    "workers": Described("workers = 4", "Processes of this machine that make the rows."),
    "roles": Described('roles = { writer = "gpu" }', "Which engine answers a role: a name, or a table with a `model`."),
    "params": Described("params = { n = 100 }", "Values of the specs' params."),
    "budget": Described('budget = { tokens = "2M", minutes = 30 }', "What a build may spend at most."),
}
ROLE: Settings = {
    "engine": PROFILE["engine"],
    "model": PROFILE["model"],
    "kind": _of(
        "kind", "chat", "reward", "embedding", doc="Whether the model writes, scores, or says what texts mean."
    ),
}
BUDGET: Settings = {
    "tokens": Described('tokens = "2M"', "Prompt and completion tokens."),
    "calls": Described('calls = "10k"', "Calls of models."),
    "minutes": Described("minutes = 30", "Minutes of the build."),
}
REVIEW: Settings = {
    "branches": Described('branches = ["main"]', "Branches that take only what an approved pull request brings."),
    "approvals": Described("approvals = 1", "How many people have to approve."),
    "author_may_approve": Described("author_may_approve = false", "Whether the author's own approval counts.", BOOL),
    "audits": _of("audits", "green", "any", doc="Whether failed audits keep a pull request out."),
    "flags": _of("flags", "read", "any", doc="Whether flagged rows that nobody has read keep it out."),
    "signatures": _of("signatures", "required", "allowed", doc="Whether approvals have to be signed."),
    "allowed_signers": Described('allowed_signers = "signers"', "OpenSSH's file of who may sign."),
    "signing_key": Described('signing_key = "~/.ssh/id_ed25519"', "The SSH key that signs yours."),
}
RAY: Settings = {
    "address": Described('address = "auto"', "A cluster that runs; `auto` is the one of this machine."),
    "workers": Described("workers = 8", "How many workers; else as many as there are processors."),
}
LINT: Settings = {
    "select": Described('select = ["L00"]', "Only rules whose codes begin so."),
    "ignore": Described('ignore = ["L002"]', "No rules whose codes begin so."),
}
KIND: Settings = {
    "kind": _of("kind", "llamacpp", "deterministic", "sglang", "openai", doc="What the engine is; `docs/engines.md`."),
}
START: Settings = {
    "python": Described('python = "/opt/sglang/bin/python"', "A Python that has SGLang installed."),
    "model_path": Described('model_path = "Qwen/Qwen3-8B"', "A folder of weights, or a name of the Hugging Face hub."),
    "device": _of("device", *DEVICES, doc="What the server runs on."),
    "dtype": Described('dtype = "bfloat16"', "The type of the weights."),
    "tp": Described("tp = 1", "How many devices share one copy of the model."),
    "dp": Described("dp = 1", "How many copies of the model there are."),
    "mem_fraction": Described("mem_fraction = 0.85", "The share of the device's memory for weights and cache."),
    "context": Described("context = 8192", "Tokens of prompt and answer together."),
    "max_running": Described("max_running = 256", "Requests that run at once."),
    "schedule": _of("schedule", *SCHEDULES, doc="In which order the server takes requests."),
    "grammar": _of("grammar", *GRAMMARS, doc="What decodes under constraint."),
    "embedding": Described("embedding = false", "Whether it serves embeddings.", BOOL),
    "host": Described('host = "127.0.0.1"', "Where it listens."),
    "flags": Described('flags = ["--enable-metrics"]', "Flags of the server, added as they stand."),
}
ENGINE: Settings = {
    "url": Described('url = "http://127.0.0.1:30000"', "Where the server is."),
    "urls": Described('urls = ["http://10.0.0.1:30000"]', "Where several servers of one model are."),
    "model": Described('model = "smollm2"', "The model: a name that the server knows, or a GGUF file."),
    "revision": Described('revision = "2026-01"', "Which version of the weights; part of a call's identity."),
    "concurrency": Described("concurrency = 32", "Calls in flight at once."),
    "context": Described("context = 4096", "Tokens of each slot."),
    "threads": Described("threads = 4", "Threads that compute."),
    "timeout": Described("timeout = 600", "Seconds that any call may take."),
    "seconds_per_token": Described("seconds_per_token = 0.5", "Seconds more for each token that an answer may have."),
    "retries": Described("retries = 5", "How often a call is made again when the server could not answer."),
    "deterministic": Described("deterministic = true", "Equal calls give equal answers, at the cost of speed.", BOOL),
    "chat_template": Described('chat_template = "chat.jinja"', "A file with the model's chat template."),
    "api_key_env": Described('api_key_env = "API_KEY"', "The environment variable that holds the key."),
    "headers_env": Described('headers_env = { X-Team = "TEAM" }', "Headers from the environment."),
    "flavour": Described('flavour = "openai"', "Which server it is, and so what it can do; `docs/engines.md`."),
    "logprobs": Described("logprobs = 20", "How many log-probabilities of a token the server gives."),
    "votes": Described("votes = 8", "Samples that a judge's probability is made from, without log-probabilities."),
    "requests_per_minute": Described("requests_per_minute = 500", "The server's limit."),
    "tokens_per_minute": Described("tokens_per_minute = 200000", "The server's limit."),
    "extra": Described("extra = { }", "Further fields of every request."),
    "omit": Described("omit = [ ]", "Fields that are left out of every request."),
    "delay": Described("delay = 0.05", "Seconds that an answer takes."),
    "jitter": Described("jitter = 0.01", "Seconds by which that varies."),
    "invalid_share": Described("invalid_share = 0.1", "The share of answers that fail their type."),
    "unavailable_at": Described("unavailable_at = [ ]", "Calls at which the engine is not there."),
    "unavailable_from": Described("unavailable_from = 100", "The call from which on the engine is not there."),
}
"""Of engines of all kinds; the registry says which of them a kind takes. What a server can do has no entry here."""

CAPABILITY = "Whether the server can do this; without it, as its flavour says."

TABLES: Mapping[tuple[str, ...], tuple[str, Settings]] = {
    ("store",): ("Where commits are kept.", STORE),
    ("engines", "*"): ("An engine, by the name that profiles call it.", KIND),
    ("engines", "*", "start"): ("How `synth engines start` starts the server.", START),
    ("profile", "*"): ("Which engine answers each role, and what a build may do. `default` is taken unasked.", PROFILE),
    ("profile", "*", "roles"): ("Roles, and the engine that answers each.", {}),
    ("profile", "*", "roles", "*"): ("The engine that answers this role.", ROLE),
    ("profile", "*", "params"): ("Values of the specs' params.", {}),
    ("profile", "*", "budget"): ("What a build may spend at most.", BUDGET),
    ("lint",): ("Which remarks `synth lint` and editors make.", LINT),
    ("review",): ("What a branch takes only from an approved pull request.", REVIEW),
    ("ray",): ("The cluster of `--executor ray`.", RAY),
}
"""By the path of keys; `*` is any name."""


def table(keys: tuple[str, ...]) -> tuple[str, Settings] | None:
    """What stands in the table of that path. None for one that there is not."""
    for path, found in TABLES.items():
        if len(path) == len(keys) and all(one in ("*", key) for one, key in zip(path, keys, strict=True)):
            return found
    return None


def of_engine(kind: str) -> Settings:
    """What an engine of this kind takes, without its kind."""
    from runtime.engines.registry import setting_types

    return {key: ENGINE.get(key) or Described(f"{key} = true", CAPABILITY, BOOL) for key in setting_types(kind)}
