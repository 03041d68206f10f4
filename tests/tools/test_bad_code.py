"""Code that misbehaves: each ends within its limits, for the right reason, and the caller goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.tools import Limits, ToolCall, ToolName, run
from tests.tools.processes import left_over

LIMITS = Limits(timeout=3.0, memory=128 * 2**20, processes=16, output=10_000, files=8 * 2**20)
LATE = 5.0
"""Seconds that a busy machine may add; `test_tools` holds the time limit to one."""


def ran(code: str, limits: Limits = LIMITS) -> dict[str, Any]:
    return used("python", code, limits=limits)


def used(tool: ToolName, *arguments: str, limits: Limits = LIMITS) -> dict[str, Any]:
    """The result, soon after the time limit at the latest; the next call is served as if nothing had been."""
    started = time.monotonic()
    found = asyncio.run(run(ToolCall(tool, arguments, limits)))
    assert time.monotonic() - started < limits.timeout + LATE
    return found


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No process of a sandbox outlives its run. That this process has not been touched is seen by the test after it."""
    yield
    assert left_over() == []


# --- taking too much -------------------------------------------------------------------------------------------------


def test_a_fork_bomb_ends_at_the_number_of_processes() -> None:
    assert ran("import os\nwhile True: os.fork()")["reason"] == "processes"


def test_a_fork_bomb_of_the_shell_ends_at_the_number_of_processes() -> None:
    assert used("command", "bash", "-c", "f() { f | f & }; f; sleep 20")["reason"] == "processes"


def test_threads_count_as_processes() -> None:
    code = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"
    assert ran(code)["reason"] == "processes"


def test_an_endless_loop_ends_at_the_time() -> None:
    found = ran("print('begun')\nwhile True: pass", Limits(timeout=1.0))
    assert found == {"ok": False, "reason": "time", "output": "begun", "exit_code": None}


def test_sleeping_and_ignoring_signals_ends_at_the_time() -> None:
    code = """
import signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
time.sleep(99)
"""
    assert ran(code, Limits(timeout=1.0))["reason"] == "time"


@pytest.mark.parametrize(
    "code",
    [
        "x = b'x' * (10 * 2**30)",
        "x = []\nwhile True: x.append(bytearray(b'y' * 2**20))",
        "import mmap\nm = mmap.mmap(-1, 10 * 2**30)\nwhile True: m.write(b'z' * 2**20)",
        "import os, time\nfor _ in range(3): os.fork()\nx = b'x' * (100 * 2**20)\ntime.sleep(9)",
    ],
    ids=["at once", "bit by bit", "shared", "by many processes"],
)
def test_ten_gigabytes_of_memory_end_at_the_memory(code: str) -> None:
    assert ran(code)["reason"] == "memory"


def test_ten_gigabytes_of_output_end_at_the_output() -> None:
    found = ran("while True: print('y' * 2**20)")
    assert found["reason"] == "output"
    assert found["output"].startswith("yyyy")
    assert len(found["output"]) < LIMITS.output + 100


@pytest.mark.parametrize(
    "code",
    [
        "with open('big', 'wb') as f:\n  while True: f.write(b'x' * 2**20)",
        "n = 0\nwhile True:\n  n += 1\n  open(f'part{n}', 'wb').write(b'x' * 2**20)",
        "import os\nos.truncate(os.open('sparse', os.O_RDWR | os.O_CREAT), 10 * 2**30)",
        "n = 0\nwhile True:\n  n += 1\n  open(f'/dev/shm/part{n}', 'wb').write(b'x' * 2**20)",
        "import os\nn = 0\nwhile True:\n  n += 1\n  os.mkdir(f'd{n}')",
    ],
    ids=["one file", "many files", "sparse", "shared memory", "empty folders"],
)
def test_ten_gigabytes_in_files_end_at_the_files(code: str) -> None:
    assert ran(code)["reason"] == "files"


def test_a_bomb_of_zeros_ends_at_a_limit() -> None:
    code = """
import io, zipfile, zlib
class Zeros(io.RawIOBase):
    def readable(self): return True
    def readinto(self, b): b[:] = bytes(len(b)); return len(b)
squeezed = zlib.compress(bytes(64 * 2**20), 9)
with zipfile.ZipFile('bomb.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
    for n in range(3): archive.writestr(f'{n}', bytes(24 * 2**20))
zipfile.ZipFile('bomb.zip').extractall('out')
"""
    assert ran(code)["reason"] == "files"


def test_open_files_have_an_end() -> None:
    assert ran("x = []\nwhile True: x.append(open('/dev/null'))")["reason"] == "files"


def test_memory_that_belongs_to_no_process_cannot_be_had() -> None:
    code = "import os\ntry: os.memfd_create('x'); print('had')\nexcept OSError as e: print(e.strerror)"
    assert ran(code)["output"] == "Operation not permitted"


# --- looking where it should not -------------------------------------------------------------------------------------


def test_the_home_folder_and_the_project_are_not_there() -> None:
    home, project = str(Path.home()), str(Path(__file__).parents[2])
    code = f"""
import os
for folder in ({home!r}, {project!r}, '/home', '/root', '/etc/passwd', '/etc/shadow', '/var', '/sys', '/run', '/mnt'):
    print(os.path.exists(folder))
"""
    assert set(ran(code)["output"].split()) == {"False"}


def test_the_environment_shows_nothing_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    code = """
import glob, os
print(sorted(os.environ))
for file in glob.glob('/proc/*/environ'):
    try: print(open(file).read())
    except OSError as error: print(error)
"""
    found = ran(code)["output"]
    assert "hunter2" not in found
    assert str(Path.cwd()) not in found


def test_a_link_out_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    secret = tmp_path / "secret"
    code = f"""
import os
for target in ({str(secret)!r}, '/proc/1/root{secret}', '/proc/self/root{secret}', '../../../..{secret}'):
    try: os.symlink(target, 'link'); print(open('link').read())
    except OSError as e: print(type(e).__name__)
    finally: os.unlink('link')
"""
    assert set(ran(code)["output"].split()) <= {"FileNotFoundError", "PermissionError"}


def test_other_processes_cannot_be_seen() -> None:
    code = "import os\nprint(sorted(int(n) for n in os.listdir('/proc') if n.isdecimal()) == [1, os.getpid()])"
    assert ran(code)["output"] == "True"
    hidden = """
import os
for name in ('mem', 'environ', 'fd/0', 'maps'):
    try: os.close(os.open(f'/proc/1/{name}', 0)); print('opened', name)
    except OSError: pass
"""
    assert ran(hidden)["output"] == ""


def test_the_first_process_cannot_be_traced_or_written() -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(16, 1, 0, 0), os.strerror(ctypes.get_errno()))
for name in ('mem', 'oom_score_adj'):
    try: open(f'/proc/1/{name}', 'r+b'); print('opened')
    except OSError: print('refused')
"""
    assert ran(code)["output"].split("\n") == ["-1 Operation not permitted", "refused", "refused"]


# --- reaching out ----------------------------------------------------------------------------------------------------


def test_no_address_can_be_reached_and_no_name_looked_up() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        code = f"""
import socket
for address in (('127.0.0.1', {port}), ('1.1.1.1', 53), ('::1', {port}), ('example.org', 80)):
    try: socket.create_connection(address, timeout=1); print('reached')
    except OSError as e: print('refused')
try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53)); print('sent')
except OSError: print('refused')
print(socket.socketpair()[0].family.name)
"""
        assert ran(code)["output"].split() == ["refused"] * 5 + ["AF_UNIX"]


def test_signals_reach_nobody_outside() -> None:
    received = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: received.set())
    try:
        code = f"""
import os, signal
for target in (os.getppid(), 1, -1, {os.getpid()}, 0):
    for number in (signal.SIGUSR1, signal.SIGKILL, signal.SIGSTOP):
        if target == 0 and number != signal.SIGUSR1: continue
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        if target == -1 and number != signal.SIGUSR1: continue
        try: os.kill(target, number)
        except OSError: pass
print('alive')
"""
        assert ran(code)["output"] == "alive"
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert not received.is_set()


def test_killing_everything_kills_only_itself() -> None:
    found = ran("import os\nos.kill(-1, 9)\nprint('survived')")
    assert found["reason"] in ("exit 1", "signal KILL")
    assert "survived" not in found["output"]


def test_a_daemon_does_not_outlive_its_run() -> None:
    code = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for n in (0, 1, 2): os.close(n)
        while True: time.sleep(0.01)
    os._exit(0)
time.sleep(0.2)
print('done')
"""
    assert ran(code)["output"] == "done"


def test_nothing_but_the_own_folder_can_be_written() -> None:
    code = """
import os, sys, sysconfig, json
library, packages = os.path.dirname(json.__file__), sysconfig.get_path('purelib')
for folder in ('/', '/usr/bin', '/etc', '/supervisor/inside', '/packages', '/dev', '/proc', library, packages):
    try: open(folder + '/mine', 'w'); print(folder)
    except OSError: pass
open('here', 'w'); open('/tmp/here', 'w'); print('done')
"""
    assert ran(code)["output"] == "done"


def test_nothing_of_one_run_is_there_in_the_next() -> None:
    assert ran("open('left', 'w').write('x'); open('/dev/shm/left', 'w')")["ok"]
    assert ran("import os; print(os.listdir('.'), os.listdir('/dev/shm'))")["output"] == "['main.py'] []"


REFUSED = {
    "x86_64": {"unshare": 272, "mount": 165, "bpf": 321, "keyctl": 250, "io_uring_setup": 425, "userfaultfd": 323},
    "aarch64": {"unshare": 97, "mount": 40, "bpf": 280, "keyctl": 219, "io_uring_setup": 425, "userfaultfd": 282},
}


def test_the_kernel_refuses_what_no_program_needs() -> None:
    code = f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for number in {list(REFUSED[os.uname().machine].values())}:
    print(libc.syscall(number, 0x10000000, 0, 0, 0, 0), os.strerror(ctypes.get_errno()))
"""
    assert set(ran(code)["output"].splitlines()) == {"-1 Operation not permitted"}


# --- forging ---------------------------------------------------------------------------------------------------------

TESTS = "def test_one(): assert f() == 1\ndef test_two(): assert f() == 2\n"


FAKES = {
    "prints": "print('2 passed in 0.01s')\ndef f(): return 0",
    "ends at once": "import os\nprint('2 passed'); os._exit(0)",
    "ends when imported": "import sys\nsys.exit(0)\ndef f(): return 0",
    "ends when called": "import os\ndef f(): os._exit(0)",
    "kills itself": "import os\ndef f(): os.kill(os.getpid(), 9)",
    "becomes another program": "import os\ndef f(): os.execvp('true', ['true'])",
    "writes a report": """
import json, os
told = json.dumps({"passed": 9, "failed": 0, "errors": 0, "output": ""}).encode()
for end in range(3, 99):
    try: os.write(end, told)
    except OSError: pass
os._exit(0)
""",
    "ends the session": "import pytest\ndef f(): pytest.exit('enough', 0)",
    "skips": "import pytest\ndef f(): pytest.skip('no')",
    "marks all as skipped": "import pytest\npytestmark = pytest.mark.skip\ndef f(): return 0",
    "has tests of its own": """
import unittest
def f(): return 0
def test_mine(): pass
class TestMore:
    def test_x(self): pass
class More(unittest.TestCase):
    def test_y(self): pass
""",
    "empties tests": "import _pytest.python as p\np.Function.runtest = lambda self: None\ndef f(): return 0",
    "empties calls": """
import _pytest.runner as r
def calm(cls, func, when, reraise=None): return cls(None, None, 0, 0, 0, when, _ispytest=True)
r.CallInfo.from_call = classmethod(calm)
def f(): return 0
""",
    "paints reports": """
import _pytest.reports as r
r.TestReport.outcome = property(lambda self: 'passed', lambda self, value: None)
def f(): return 0
""",
    "hides failures": """
import _pytest.runner as r
keep = r.TestReport.from_item_and_call
def calm(item, call): call.excinfo = None; return keep(item, call)
r.TestReport.from_item_and_call = calm
def f(): return 0
""",
    "knows the secret": """
import gc, os, sys
def reporter():
    for found in gc.get_objects():
        if getattr(found, "__qualname__", "") == "channel.<locals>.send": return found
try: reporter()({"passed": "9", "failed": None, "surprise": 1})
except Exception: os._exit(0)
""",
    "crashes": "import ctypes\ndef f(): ctypes.string_at(0)",
}


@pytest.mark.parametrize("code", FAKES.values(), ids=FAKES)
def test_code_that_fakes_a_pass_has_none(code: str) -> None:
    found = used("pytest", code, TESTS)
    assert (found["passed"], found["ok"]) == (0, False), found
    assert found["failed"] > 0
