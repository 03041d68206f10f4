"""Nothing in; the version of synth and the edition of the language that the pages tell of, out."""

from __future__ import annotations

import tomllib

from docs.site.places import ROOT

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
EDITION = 1
