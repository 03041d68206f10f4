"""The settings of an engine in; the Python that has a server of SGLang installed, and its version, out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.engines.start.mistakes import no_sglang

VARIABLE = "SYNTH_SGLANG_PYTHON"
SECONDS = 30.0
PROBE = """
import json, os
from importlib import metadata, util
def there(name):
    try:
        return util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
spec = util.find_spec("sglang")
folders = list(spec.submodule_search_locations or ()) if spec else []
server = any(os.path.exists(os.path.join(folder, "srt", "server_args.py")) for folder in folders)
try:
    version = metadata.version("sglang")
except metadata.PackageNotFoundError:
    version = "of unknown version"
needs = ("torch", "transformers", "fastapi", "uvicorn", "zmq")
print(json.dumps({"sglang": bool(spec), "server": server, "version": version,
                  "missing": [name for name in needs if not there(name)]}))
"""
"""Imports nothing of SGLang, which takes seconds. `sglang` alone proves nothing: synth's own frontend is of that name,
and brings the server's sources without what they need."""


@dataclass(frozen=True, slots=True)
class Python:
    path: str
    version: str


def find_python(setting: str | None, root: Path, environment: Mapping[str, str] = os.environ) -> Python:
    """The setting first, then the variable. Raises `SynthError` (E0832) with how to install it."""
    given = setting or environment.get(VARIABLE)
    if not given:
        raise no_sglang(None, ())
    path = _resolved(given, root)
    if path is None:
        raise no_sglang(given, ("there is no such program",))
    found = _probe(path)
    if not found["sglang"]:
        raise no_sglang(given, ("no package `sglang` is installed there",))
    if not found["server"] or found["missing"]:
        raise no_sglang(given, (_lacking(found),))
    return Python(path, str(found["version"]))


def _lacking(found: Mapping[str, object]) -> str:
    missing = found["missing"]
    assert isinstance(missing, list)
    named = ", ".join(missing) or "its server"
    return f"sglang {found['version']} is there without what its server needs ({named}): only its frontend can be used"


def _resolved(given: str, root: Path) -> str | None:
    """A path from the project's folder, or a program that is on the PATH. Links stay: a venv's Python is one."""
    if "/" not in given:
        return shutil.which(given)
    path = root / Path(given).expanduser()
    return str(path) if os.access(path, os.X_OK) and path.is_file() else None


def _probe(path: str) -> dict[str, object]:
    try:
        done = subprocess.run(
            [path, "-c", PROBE], capture_output=True, text=True, timeout=SECONDS, env=environment(), check=False
        )
        last = done.stdout.strip().splitlines()[-1:]
        found: dict[str, object] = json.loads(last[0]) if last else {}
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise no_sglang(path, (f"it is no Python that can be used: {error}",)) from None
    if not found:
        said = done.stderr.strip().splitlines()[-1:] or [f"it ended with status {done.returncode}"]
        raise no_sglang(path, (f"it is no Python that can be used: {said[0]}",))
    return found


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's, without what ties it to synth's own Python. The project's folder is not searched for modules."""
    ours = ("PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    fixed = {"PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1", "TOKENIZERS_PARALLELISM": "false"}
    return {**fixed, **(more or {}), **kept, "PYTHONSAFEPATH": "1"}
