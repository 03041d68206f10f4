"""A folder in; the project's root, state folder and checked `synth.toml` out. No file at all is a project too."""

from __future__ import annotations

from runtime.config.load import read_amount, read_config
from runtime.config.model import (
    DEFAULT,
    EMBEDDED,
    Binding,
    Budget,
    Config,
    EngineConfig,
    Profile,
    ReviewConfig,
    StoreConfig,
)
from runtime.config.params import param_source, parse_param, profile_params, split_param
from runtime.config.project import Project, load_config

__all__ = [
    "DEFAULT",
    "EMBEDDED",
    "Binding",
    "Budget",
    "Config",
    "EngineConfig",
    "Profile",
    "Project",
    "ReviewConfig",
    "StoreConfig",
    "load_config",
    "param_source",
    "parse_param",
    "profile_params",
    "read_amount",
    "read_config",
    "split_param",
]
