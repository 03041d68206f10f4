"""A Python with a stand-in for SGLang: a real process that opens a port, has a child, answers, or dies as it is told.

`STANDIN` in the environment says how it behaves: `ready` after a moment, `hang` without ever answering, `stubborn`
when it is asked to end, or the last lines of a log, with which it dies.
"""

from __future__ import annotations

import socket
import sys
import textwrap
from pathlib import Path

SERVER = """
import http.server, os, signal, subprocess, sys, time
arguments = sys.argv[1:]
def option(name, default=None):
    return arguments[arguments.index(name) + 1] if name in arguments else default
mode = os.environ.get("STANDIN", "ready")
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
print("server_args=ServerArgs(...)", flush=True)
key = option("--api-key")
print(f"api_key={key!r}", flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        welcome = key is None or self.headers.get("authorization") == f"Bearer {key}"
        self.send_response(200 if welcome else 401)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *words):
        print(*words, flush=True)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode not in ("ready", "hang", "stubborn"):
    sys.exit(mode)
print("Load weight begin. avail mem=1 GB", flush=True)
if mode == "hang":
    time.sleep(600)
server = http.server.HTTPServer((option("--host"), int(option("--port"))), Handler)
print("The server is fired up and ready to roll!", flush=True)
server.serve_forever()
"""


def make(folder: Path, *, without: tuple[str, ...] = (), server: bool = True) -> Path:
    """The program `python` of a folder in which SGLang seems to be installed, save for the packages `without`."""
    tree = folder / "site"
    for package in {"sglang", "torch", "transformers", "fastapi", "uvicorn", "zmq"} - set(without):
        (tree / package).mkdir(parents=True)
        (tree / package / "__init__.py").touch()
    info = tree / "sglang-0.5.99.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sglang\nVersion: 0.5.99\n")
    if server and "sglang" not in without:
        (tree / "sglang" / "srt").mkdir()
        (tree / "sglang" / "srt" / "server_args.py").touch()
        (tree / "sglang" / "launch_server.py").write_text(textwrap.dedent(SERVER))
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tree} exec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    return python


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def children(log: Path) -> list[int]:
    return [int(line.split()[1]) for line in log.read_text().splitlines() if line.startswith("child ")]
