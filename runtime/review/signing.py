"""Bytes and an SSH key in; a signature, and whether one holds, out. OpenSSH's own `ssh-keygen` does both.

The namespace keeps a signature over a review from standing for a commit or a mail, and the other way round.
"""

from __future__ import annotations

import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError
from runtime.review.events import Sign, signed_bytes
from runtime.review.identity import address, git_config

if TYPE_CHECKING:
    from runtime.config.project import Project
    from runtime.review.model import Event

NAMESPACE = "synth-review"
SECONDS = 120.0
"""How long a signature may take: a person may have to type a passphrase, or touch a key."""
_LITERAL = ("ssh-", "sk-", "ecdsa-")


def signer(project: Project) -> Sign | None:
    """Signs with `signing_key` of `[review]`; where signatures are required, else with the SSH key that git signs with.

    None where events go unsigned. E1088 where they must be signed and there is no key.
    """
    review = project.config.review
    key = review.signing_key or (_git_key(project.root) if review.signatures == "required" else None)
    if key is None and review.signatures == "required":
        raise SynthError(_failed("there is no key to sign with"))
    return (lambda data: sign(data, key)) if key else None


def _git_key(root: Path) -> str | None:
    config = git_config(root)
    key = config.get("user.signingkey") if config.get("gpg.format") == "ssh" else None
    return str(Path(key).expanduser()) if key and not key.startswith((*_LITERAL, "key::")) else key


def sign(data: bytes, key: str) -> str:
    """`key` is a key's file, or a public key whose other half an agent holds. E1088 when it cannot be used."""
    with tempfile.TemporaryDirectory(prefix="synth-") as folder:
        file, agent = Path(key), []
        if key.startswith((*_LITERAL, "key::")):
            file, agent = Path(folder) / "key.pub", ["-U"]
            file.write_text(key.removeprefix("key::") + "\n")
        done = _run(["-Y", "sign", *agent, "-n", NAMESPACE, "-f", str(file)], data)
    if done.returncode:
        raise SynthError(_failed(f"ssh-keygen cannot sign with `{file.name}`", done.stderr))
    return done.stdout.decode()


def holds(event: Event, signers: str) -> bool:
    """Whether the event is signed by a key that `signers` allows to the person it names, at the time it names."""
    if not event.signature or not signers.strip():
        return False
    with tempfile.TemporaryDirectory(prefix="synth-") as folder:
        allowed, signature = Path(folder) / "allowed", Path(folder) / "signature"
        allowed.write_text(signers, encoding="utf-8")
        signature.write_text(event.signature, encoding="utf-8")
        return _verified(event, allowed, signature)


def _verified(event: Event, allowed: Path, signature: Path) -> bool:
    who = ["-I", address(event.by), "-n", NAMESPACE, f"-Overify-time={_time(event.time)}"]
    command = ["-Y", "verify", "-f", str(allowed), *who, "-s", str(signature)]
    return _run(command, signed_bytes(event)).returncode == 0


def _time(time: datetime) -> str:
    return f"{time:%Y%m%d%H%M%S}Z"


def _run(arguments: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", *arguments], input=data, capture_output=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise SynthError(_failed("`ssh-keygen` of OpenSSH is not installed")) from None
    except subprocess.TimeoutExpired:
        raise SynthError(_failed(f"`ssh-keygen` did not end within {SECONDS:.0f} seconds")) from None


def _failed(message: str, said: bytes = b"") -> Diagnostic:
    lines = said.decode(errors="replace").strip().splitlines()
    return Diagnostic(
        "E1088",
        f"reviews are signed here, and {message}",
        notes=tuple(lines[-1:]),
        help='name a key in synth.toml: [review] signing_key = "~/.ssh/id_ed25519"',
    )
