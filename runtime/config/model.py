"""What `synth.toml` says, checked and frozen: the store, the engines, and profiles that bind roles to engines.

With no file at all every field has a value that works: the git store, and the embedded engine for every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from dsl.source import Source, Span
from runtime.config.places import Places
from runtime.config.start import StartConfig

ExecutorName = Literal["local", "ray"]
"""Where datasets are run: on this machine, or by the workers of a Ray cluster."""
EMBEDDED = "embedded"
MEANING = "meaning"
"""The role that statements `by meaning` ask, where it is bound with the kind `embedding`."""
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """`path` is the git store's folder, relative to the project; the others say where a lakeFS repository is.

    What is not said: the repository has the project folder's name, the endpoint comes from the environment, and a new
    repository's data lies where the server puts it (`storage_namespace`).
    """

    kind: Literal["git", "lakefs"] = "git"
    path: str | None = None
    repository: str | None = None
    endpoint: str | None = None
    storage_namespace: str | None = None


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """`settings` are the engine's own, without the kind; the engine registry knows which there are. `start` is for
    those that synth can start."""

    name: str
    kind: str = "llamacpp"
    settings: Mapping[str, Any] = field(default_factory=dict)
    start: StartConfig = field(default_factory=StartConfig)


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a role's calls go. `model` replaces the model that the engine's own settings name.

    `kind` says what the model is: one that writes, or one that scores ("reward"), or one that says what texts
    mean ("embedding"; only for the role `meaning`).
    """

    engine: str = EMBEDDED
    model: str | None = None
    kind: Literal["chat", "reward", "embedding"] = "chat"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a build may spend at most; None is no limit."""

    tokens: int | None = None
    calls: int | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """`otherwise` binds every role that `roles` does not name; `params` are values for the spec's params.

    `workers` is how many processes make the rows: None is the build's own, or what `[ray]` says.
    """

    name: str = DEFAULT
    roles: Mapping[str, Binding] = field(default_factory=dict)
    otherwise: Binding = Binding()
    params: Mapping[str, Any] = field(default_factory=dict)
    branch: str | None = None
    budget: Budget = Budget()
    limit: int | None = None
    audits: Literal["fail", "warn"] = "fail"
    executor: ExecutorName = "local"
    workers: int | None = None

    def binding(self, role: str) -> Binding:
        return self.roles.get(role, self.otherwise)


@dataclass(frozen=True, slots=True)
class ReviewConfig:
    """The rules for branches that take only what an approved pull request brings: `branches`.

    `audits`, `flags`: whether failed audits and unread flagged rows keep it out. `allowed_signers`, `signing_key` are
    files of OpenSSH's, relative to the project.
    """

    branches: tuple[str, ...] = ()
    approvals: int = 1
    author_may_approve: bool = False
    audits: Literal["green", "any"] = "green"
    flags: Literal["read", "any"] = "read"
    signatures: Literal["required", "allowed"] = "allowed"
    allowed_signers: str | None = None
    signing_key: str | None = None


@dataclass(frozen=True, slots=True)
class RayConfig:
    """Where `--executor ray` runs: `address` of a cluster that runs (`auto`: the one of this machine), or None for one
    that is started here and ended with the build. `workers` is how many; None takes as many as there are processors."""

    address: str | None = None
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class LintConfig:
    """Codes, or what they begin with: `select` are the rules that are looked at (all where it is empty), `ignore` are
    those that are not."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """`source` is the file's text for messages, None when there is no file."""

    store: StoreConfig = StoreConfig()
    engines: Mapping[str, EngineConfig] = field(default_factory=lambda: {EMBEDDED: EngineConfig(EMBEDDED)})
    profiles: Mapping[str, Profile] = field(default_factory=lambda: {DEFAULT: Profile()})
    source: Source | None = None
    review: ReviewConfig = ReviewConfig()
    ray: RayConfig = RayConfig()
    lint: LintConfig = LintConfig()

    def profile(self, name: str | None = None) -> Profile:
        """The profile `name`, or the default one. An unknown name is the user's mistake (E0706)."""
        found = self.profiles.get(name or DEFAULT)
        if found is None:
            raise SynthError(self._unknown_profile(name or DEFAULT))
        return found

    def engine(self, binding: Binding) -> EngineConfig:
        """The engine of a binding, with the binding's model in its settings."""
        engine = self.engines[binding.engine]
        if binding.model is None:
            return engine
        return replace(engine, settings={**engine.settings, "model": binding.model})

    def place(self, *keys: str) -> Span | None:
        """Where a key stands: `place("engines", "gpu", "url")`; its nearest parent when it is not written."""
        return Places(self.source).span(keys) if self.source else None

    def _unknown_profile(self, name: str) -> Diagnostic:
        return Diagnostic(
            "E0706",
            f"there is no profile `{name}`",
            label=did_you_mean(name, self.profiles),
            notes=(f"profiles: {', '.join(sorted(self.profiles))}",),
            help=f"add [profile.{name}] to synth.toml",
        )
