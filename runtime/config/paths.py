"""A configuration and its folder in; the same with its files named as any folder finds them, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from runtime.config.model import Binding, Config, EngineConfig, Profile, ReviewConfig


def placed(config: Config, root: Path) -> Config:
    """Relative paths are the project's, wherever in it a command is given."""
    return replace(
        config,
        engines={name: _engine(engine, root) for name, engine in config.engines.items()},
        profiles={name: _profile(profile, config.engines, root) for name, profile in config.profiles.items()},
        review=_review(config.review, root),
    )


def _engine(engine: EngineConfig, root: Path) -> EngineConfig:
    found = dict(engine.settings)
    if isinstance(template := found.get("chat_template"), str):
        found["chat_template"] = _from(root, template)
    if isinstance(model := found.get("model"), str):
        found["model"] = _model(engine, model, root)
    return replace(engine, settings=found)


def _profile(profile: Profile, engines: Mapping[str, EngineConfig], root: Path) -> Profile:
    def bound(binding: Binding) -> Binding:
        engine = engines.get(binding.engine)
        if engine is None or binding.model is None:
            return binding
        return replace(binding, model=_model(engine, binding.model, root))

    roles = {role: bound(binding) for role, binding in profile.roles.items()}
    return replace(profile, roles=roles, otherwise=bound(profile.otherwise))


def _model(engine: EngineConfig, model: str, root: Path) -> str:
    """In process a model is a file, unless it is the one that comes with synth; a server's is a name."""
    from runtime.engines.weights import EMBEDDED

    return model if engine.kind != "llamacpp" or model == EMBEDDED else _from(root, model)


def _review(review: ReviewConfig, root: Path) -> ReviewConfig:
    """A key may be written out instead of its file."""
    key, signers = review.signing_key, review.allowed_signers
    if key and not key.startswith(("ssh-", "sk-", "ecdsa-", "key::")):
        key = _from(root, key)
    return replace(review, signing_key=key, allowed_signers=signers and _from(root, signers))


def _from(root: Path, path: str) -> str:
    return str(root / Path(path).expanduser())
