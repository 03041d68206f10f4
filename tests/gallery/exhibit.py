"""A spec of the gallery in; a copy of its project, built under the profile `small` by any engine, out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compiler.analysis import Analysis, analyse
from runtime.build.build import Build, Options, build
from runtime.build.session import Session
from runtime.config import profile_params
from runtime.config.project import Project
from runtime.engines.protocol import Engine
from runtime.sources.catalog import ProjectCatalog
from tests.acceptance.workshop import Workshop

SPECS = Path(__file__).parents[2] / "specs"
PROFILE = "small"
FIRST = "python_qa"
"""The one spec that stands in `specs/` itself, for `make demo`; it has no profile."""
NAMES = sorted(file.parent.name for file in SPECS.glob("*/synth.toml"))
LIVE = ("social", "sums")
"""Asked of the embedded model in every test run, beside the first; the others replay what it said once."""
RECORDED = [name for name in NAMES if name not in LIVE]


class Exhibit(Workshop):
    """A project of the gallery in a folder of its own."""

    @classmethod
    def copy(cls, name: str, folder: Path) -> Exhibit:
        """The spec with its inputs, fixtures and configuration; never a store that lies beside it."""
        root = folder / name
        if name == FIRST:
            root.mkdir(parents=True)
            shutil.copy(SPECS / f"{FIRST}.synth", root)
            for part in ("inputs", "fixtures"):
                shutil.copytree(SPECS / part, root / part)
        else:
            shutil.copytree(SPECS / name, root, ignore=shutil.ignore_patterns(".synth", "__pycache__"))
        return cls(root)

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def spec(self) -> Path:
        return self.root / f"{self.name}.synth"

    def compiled(self, session: Session, params: Mapping[str, Any] | None = None) -> Analysis:
        catalog = ProjectCatalog(self.root, session.facts)
        return analyse(self.spec.name, catalog, params or {}, upto="lower")

    def params(self) -> Mapping[str, Any]:
        """Those of the profile `small`; none where there is no such profile."""
        config = Project.find(self.root).config
        return profile_params(config, config.profile(PROFILE)) if PROFILE in config.profiles else {}

    def small(self, engine: Engine | None = None) -> Build:
        """What `synth build --profile small` builds: on this engine, or on those that the profile names."""
        project = Project.find(self.root)
        profile = project.config.profile(PROFILE)
        with Session(project, profile, engine) as session:
            analysis = self.compiled(session, self.params())
            assert analysis.ok, analysis.errors
            return build(analysis, session, Options("main", limit=profile.limit, audits=profile.audits))
