"""A line with a job on standard input; what came of it on standard output. The first process of the box: nothing in it
can stop it, look into it or outlive it. Signals from inside do not reach it; with it the kernel ends all others.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import Any

from . import landlock
from .child import BOX, become
from .usage import MANY_FILES, Usage, shared_fairly, usage

TICK = 0.02
"""Seconds between two looks at what the processes take up."""
_CHUNK = 2**16
_LONGEST_REPORT = 16 * 2**20
_DUMPABLE = 4
_STDIN = 0


def main() -> None:
    job = json.loads(sys.stdin.buffer.readline())
    _become_nobody(job["uid"])
    told = json.dumps(Supervisor(job).run() | {"landlock": landlock.version()})
    sys.stdout.write(told)
    sys.stdout.flush()
    os._exit(0)


def _become_nobody(uid: int | None) -> None:
    """Where synth is root, the sandbox has a user of its own, whom the kernel's limits hold."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    ctypes.CDLL(None).prctl(_DUMPABLE, 0, 0, 0, 0)


class Supervisor:
    """Runs one program to its end, or to the first limit it reaches."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job, self.limits = job, job["limits"]
        self.output, self.report = bytearray(), bytearray()
        self.reason: str | None = None
        self.secret = os.urandom(32)
        self.child = 0
        self.before = Usage(0, 0, 0, 0)

    def run(self) -> dict[str, Any]:
        for name, text in self.job["files"].items():
            with open(f"{BOX}/{name}", "w", encoding="utf-8", errors="replace", newline="") as file:  # noqa: PTH123
                file.write(text)
        stdin = self._stdin()
        self.before = usage()
        self.child, ends = self._start(stdin)
        self._watch(ends)
        self._look()
        code = self._end(ends)
        return {"reason": self.reason, "code": code, "output": self._text(), "report": self._reported()}

    # --- starting ------------------------------------------------------------------------------------------------

    def _start(self, stdin: int) -> tuple[int, dict[int, bytearray]]:
        reads, writes = os.pipe()
        report_reads, report_writes = os.pipe()
        secret_reads, secret_writes = os.pipe()
        os.write(secret_writes, self.secret)
        os.close(secret_writes)
        child = os.fork()
        if child == 0:
            if self.job["reports"]:
                # Numbers that are told to nobody but the program that reports.
                self.job["argv"] += [str(secret_reads), str(report_writes)]
                os.set_inheritable(secret_reads, True)
                os.set_inheritable(report_writes, True)
            become(self.job, stdin, writes)
        for end in (stdin, writes, report_writes, secret_reads):
            os.close(end)
        for end in (reads, report_reads):
            os.set_blocking(end, False)
        return child, {reads: self.output, report_reads: self.report}

    def _stdin(self) -> int:
        if self.job["stdin"] is None:
            return os.open("/dev/null", os.O_RDONLY)
        path = f"{BOX}/stdin"
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:  # noqa: PTH123
            file.write(self.job["stdin"])
        stdin = os.open(path, os.O_RDONLY)
        os.unlink(path)  # noqa: PTH108
        return stdin

    # --- watching ------------------------------------------------------------------------------------------------

    def _watch(self, ends: dict[int, bytearray]) -> None:
        poll, ended = select.poll(), os.pidfd_open(self.child)
        for end in (*ends, ended):
            poll.register(end, select.POLLIN)
        poll.register(_STDIN, 0)  # Says only that it was closed: nobody waits for a result any more.
        now = time.monotonic()
        deadline, look = now + self.limits["timeout"], now + TICK
        while self.reason is None:
            ready = {end for end, _ in poll.poll(max(0.0, min(look, deadline) - now) * 1000)}
            for end in ready & ends.keys():
                if self._read(end, ends[end]):
                    poll.unregister(end)
            if _STDIN in ready:
                os._exit(1)
            if ended in ready:
                return
            now = time.monotonic()
            if now >= look:
                self._look()
                look = time.monotonic() + TICK
            if now >= deadline:
                self.reason = self.reason or "time"

    def _read(self, end: int, into: bytearray) -> bool:
        """Whether the end was reached. What is over the limit is thrown away."""
        try:
            some = os.read(end, _CHUNK)
        except BlockingIOError:
            return True
        most = self.limits["output"] if into is self.output else _LONGEST_REPORT
        into += some
        if len(into) > most:
            del into[most:]
            self.reason = self.reason or "output"
        return not some

    def _look(self) -> None:
        if self.reason is None:
            self.reason = self._over(usage())
        self._reap()

    def _over(self, now: Usage) -> str | None:
        if now.tasks >= self.limits["processes"]:
            return "processes"
        if now.memory > self.limits["memory"] and shared_fairly() > self.limits["memory"]:
            return "memory"
        made = now.names - self.before.names
        return "files" if now.files - self.before.files >= self.limits["files"] or made > MANY_FILES else None

    def _reap(self) -> None:
        """Orphans come to the first process when they die. The program itself is waited for at the end."""
        while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid != self.child:
            os.waitpid(found.si_pid, 0)

    # --- ending --------------------------------------------------------------------------------------------------

    def _end(self, ends: dict[int, bytearray]) -> int:
        """The program's exit code, 128 and the signal's number where one ended it; all others are dead after it.

        A program that failed between two looks may have failed because of a limit: what it leaves behind tells.
        """
        left = usage()
        os.kill(-1, signal.SIGKILL)
        _, status = os.waitpid(self.child, 0)
        for end, into in ends.items():
            while not self._read(end, into):
                pass
        code = os.waitstatus_to_exitcode(status)
        if self.reason is None and code == -signal.SIGXCPU:
            self.reason = "time"
        if self.reason is None and code != 0:
            self.reason = self._over(left)
        return code if code >= 0 else 128 - code

    def _text(self) -> str:
        return self.output.decode("utf-8", "replace")

    def _reported(self) -> Any:
        """What the program reported, if it knew the secret and said nothing else."""
        secret, told = self.report[: len(self.secret)], self.report[len(self.secret) :]
        if not self.job["reports"] or secret != self.secret:
            return None
        try:
            return json.loads(told)
        except ValueError:
            return None
