"""A launch in; the server's process, waited for until it answers, out. Its whole group ends with it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime.engines.settings import secret
from runtime.engines.start import known, processes, state
from runtime.engines.start.launch import Launch, threads
from runtime.engines.start.mistakes import died, port_taken, runs_already, too_slow
from runtime.engines.start.python import Python, environment

MODULE = "sglang.launch_server"
WITH_KEY = (
    "import os, runpy, sys; sys.argv += ['--api-key', os.environ[sys.argv.pop(1)]]; "
    f"runpy.run_module({MODULE!r}, run_name='__main__', alter_sys=True)"
)
"""Hands the key over inside the process: what stands on a command line is seen by everybody on the machine."""
PAUSE = 0.25
ASK = 5.0


def command(python: str, launch: Launch) -> list[str]:
    """The command line as it is run. A key is named there, not said."""
    if launch.key_env:
        return [python, "-c", WITH_KEY, launch.key_env, *launch.arguments]
    return [python, "-m", MODULE, *launch.arguments]


@dataclass
class Server:
    """One that was started. `log` is what it writes; `running` is what the state folder remembers of it."""

    launch: Launch
    process: subprocess.Popen[bytes]
    running: state.Running
    log: Path
    folder: Path

    def wait_ready(self, seconds: float, tell: Callable[[str], None]) -> float:
        """How long it took. Raises `SynthError` (E0836, E0837), and then nothing of it is left."""
        begin, last = time.monotonic(), ""
        while not self._answers():
            self._raise_if_dead()
            if (at := known.step(self.lines())) and at != last:
                last = at
                tell(at)
            if time.monotonic() - begin > seconds:
                self.stop()
                raise too_slow(self.launch.name, seconds, last, str(self.log))
            time.sleep(PAUSE)
        return time.monotonic() - begin

    def wait(self) -> None:
        """Until it ends; how it ended is an error, unless it was asked to by `stop_from_afar`."""
        self.process.wait()
        if state.is_known(self.folder, self.running):
            self._raise_if_dead()

    def stop(self) -> bool:
        """True when it ended by itself in time. Who cannot wait interrupts it once more: it is killed then."""
        try:
            by_itself = processes.end(self.running.pid, self.running.born)
        except KeyboardInterrupt:
            by_itself = processes.end(self.running.pid, self.running.born, grace=0)
        self.process.wait()
        state.forget(self.folder, self.running)
        return by_itself

    def lines(self) -> list[str]:
        return without_key(self.log.read_text("utf-8", "replace"), self.launch.key_env).splitlines()

    def _raise_if_dead(self) -> None:
        code = self.process.poll()
        if code is None:
            return
        self.stop()
        lines = self.lines()
        why, mend = known.cause(lines)
        raise died(self.launch.name, code, why, mend, str(self.log), known.tail(lines))

    def _answers(self) -> bool:
        """`/health` says 503 until the first answer has been computed for warming up."""
        connection = http.client.HTTPConnection(*_reach(self.launch), timeout=ASK)
        try:
            connection.request("GET", "/health", headers=_headers(self.launch))
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def stop_from_afar(running: state.Running, folder: Path) -> bool:
    """Ends a server that another command started. Whoever waits for it there learns that it was asked to."""
    state.forget(folder, running)
    try:
        return processes.end(running.pid, running.born)
    except BaseException:
        if running.alive:
            state.remember(folder, running)
        raise


def start(launch: Launch, python: Python, root: Path, folder: Path) -> Server:
    """Starts it and does not wait. Raises `SynthError` (E0802, E0834, E0835). `folder` is the project's state."""
    for other in state.running(folder, launch.name, launch.port):
        raise runs_already(launch.name, other.url, other.pid)
    _free(launch)
    if launch.key_env:
        secret(launch.key_env)
    log = state.log_file(folder, launch.name, launch.port)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    process = _spawn(launch, python, root, log)
    model = launch.arguments[launch.arguments.index("--model-path") + 1]
    born = processes.born(process.pid) or ""
    running = state.Running(launch.name, process.pid, born, launch.url, launch.port, model, python.version, time.time())
    state.remember(folder, running)
    return Server(launch, process, running, log, folder)


def without_key(text: str, variable: str | None) -> str:
    """SGLang writes all its arguments into its log: what is shown of it, or told, holds no key."""
    key = os.environ.get(variable) if variable else None
    return text.replace(key, "•••") if key else text


def _spawn(launch: Launch, python: Python, root: Path, log: Path) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C comes to synth alone, and its group can be killed as a whole."""
    more = {"OMP_NUM_THREADS": threads(), **launch.environment} if launch.environment else {}
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return subprocess.Popen(
            command(python.path, launch),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=root,
            env=environment(more),
            start_new_session=True,
        )
    finally:
        os.close(out)


def _reach(launch: Launch) -> tuple[str, int]:
    """A server that listens everywhere is asked on loopback."""
    return ("127.0.0.1" if launch.host in ("0.0.0.0", "::") else launch.host), launch.port


def _headers(launch: Launch) -> dict[str, str]:
    return {"authorization": f"Bearer {os.environ[launch.key_env]}"} if launch.key_env else {}


def _free(launch: Launch) -> None:
    """Another server at the port would be taken for the one that is being started."""
    host, port = _reach(launch)
    try:
        with socket.create_connection((host, port), timeout=1):
            raise port_taken(host, port, "")
    except OSError:
        return
