"""What keeps a server from being started, asked or stopped in; the message that says the way out, out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean

_ADDRESS = re.compile(r":\d+|[./]")
"""What a server's address has and an engine's name seldom."""
INSTALL = "python3 -m venv ~/sglang && ~/sglang/bin/pip install sglang"
HARDWARE = (
    "SGLang runs on Linux with an NVIDIA GPU (compute capability 7.5 or newer) and CUDA; see docs.sglang.io for others"
)


def unknown_engine(name: str, engines: Iterable[str]) -> SynthError:
    known = sorted(engines)
    meant = f"an address begins with http:// or https://: `http://{name}`" if _ADDRESS.search(name) else ""
    return SynthError(
        Diagnostic(
            "E0830",
            f"there is no engine `{name}` in synth.toml",
            notes=(f"engines: {', '.join(known)}",),
            help=meant
            or did_you_mean(name, known)
            or f"add [engines.{name}] to synth.toml, or give a server's address, as in http://127.0.0.1:30000",
        )
    )


def not_ours(name: str, reason: str, way_out: str) -> SynthError:
    return SynthError(Diagnostic("E0831", f"engine `{name}` is none that synth starts: {reason}", help=way_out))


def no_sglang(python: str | None, notes: Sequence[str]) -> SynthError:
    message = f"{python} has no SGLang server" if python else "it is not said which Python has SGLang"
    return SynthError(
        Diagnostic(
            "E0832",
            message,
            notes=(*notes, f"to install it: {INSTALL}", HARDWARE),
            help='then say where: `python = "~/sglang/bin/python"` under [engines.NAME.start], or '
            "SYNTH_SGLANG_PYTHON in the environment",
        )
    )


def contradiction(name: str, reason: str, way_out: str) -> SynthError:
    return SynthError(Diagnostic("E0833", f"engine `{name}` cannot be started so: {reason}", help=way_out))


def port_taken(host: str, port: int, holder: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E0834",
            f"something listens at {host}:{port} already",
            notes=(holder,) if holder else (),
            help=f"stop it, or take another port: `--port {port + 1}`, and the same in `url`",
        )
    )


def runs_already(name: str, url: str, pid: int) -> SynthError:
    return SynthError(
        Diagnostic(
            "E0835",
            f"engine `{name}` runs already, at {url} (process {pid})",
            help=f"`synth engines stop {name}` stops it",
        )
    )


def died(name: str, code: int, cause: str, mend: str, log: str, tail: Sequence[str]) -> SynthError:
    how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    return SynthError(
        Diagnostic(
            "E0836",
            f"the server of engine `{name}` {how}" + (f": {cause}" if cause else ""),
            notes=(*(f"log: {line}" for line in tail), f"the whole log: {log}"),
            help=mend or "read the log",
        )
    )


def too_slow(name: str, seconds: float, state: str, log: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E0837",
            f"the server of engine `{name}` was not ready after {seconds:g} s, and was stopped",
            notes=(f"it was last seen {state}" if state else "its log says nothing of how far it came", f"log: {log}"),
            help="wait longer: `--wait 1800`; a large model's first start downloads it",
        )
    )


def not_running(name: str, what: str = "no server of engine `{}` runs that synth started") -> SynthError:
    return SynthError(Diagnostic("E0838", what.format(name), help=f"`synth engines start {name}` starts one"))
