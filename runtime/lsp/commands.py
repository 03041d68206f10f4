"""A command that a person gave in the editor in; its answer as Markdown and as data, out.

These are the only things that run something of a project: each in a process of its own, as on the command line, seen as
progress, and stopped when the person cancels. Files are read as they are saved.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from dsl.diagnostics import diagnostics_json, render, summary
from runtime.lsp import markdown
from runtime.lsp.mistakes import mistakes
from runtime.lsp.processes import Done, run
from runtime.lsp.view import View

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from runtime.lsp.server import Server

Given = Mapping[str, Any]
Answer = dict[str, Any]
"""`title`, `markdown`, `data`, `ok`, and the exit `code` of the command behind it."""


async def preview(server: Server, given: Given) -> Answer:
    """`uri`, `dataset`, `rows` (3). Calls the model."""
    rows = str(given.get("rows", 3))
    return await _told(server, given, ["preview", *_spec(given), "-n", rows, *_only(given), "--json"], markdown.preview)


async def test(server: Server, given: Given) -> Answer:
    """`uri`, and `test`: words of a title, or else all of the spec."""
    words = ["-k", given["test"]] if given.get("test") else []
    return await _told(server, given, ["test", *_spec(given), *words, "--json"], markdown.tests)


async def plan(server: Server, given: Given) -> Answer:
    """`uri`, `dataset`, `against`. Calls no model."""
    against = ["--against", given["against"]] if given.get("against") else []
    return await _told(server, given, ["plan", *_spec(given), *_only(given), *against], markdown.console)


async def diff(server: Server, given: Given) -> Answer:
    """`uri` (any file of the project), `from`, `to`, `dataset`."""
    refs = f"{given.get('from', '')}..{given.get('to', '')}"
    chosen = [*([refs] if refs != ".." else []), *([given["dataset"]] if given.get("dataset") else [])]
    return await _told(server, given, ["diff", *chosen, "--format", "markdown"], lambda done: (done.out, None))


async def check(server: Server, given: Given) -> Answer:
    """`uri`: the text as it stands in the editor."""
    found = await server.about(str(given.get("uri")), "synth.check", _checked)
    return found or {"title": "check", "markdown": "", "data": [], "ok": False, "code": 2}


def _checked(view: View) -> Answer:
    found = [*mistakes(view).own, *mistakes(view).beside]
    told = f"```text\n{render(found, view.project.source)}\n{summary(found)}\n```" if found else "No mistake."
    wrong = any(one.code.startswith("E") for one in found)
    data = diagnostics_json(found, view.project.source)
    return {"title": "check", "markdown": told, "data": data, "ok": not wrong, "code": 2 if wrong else 0}


def _spec(given: Given) -> list[str]:
    from pygls.uris import to_fs_path

    return [to_fs_path(str(given["uri"])) or str(given["uri"])]


def _only(given: Given) -> list[str]:
    return ["--only", str(given["dataset"])] if given.get("dataset") else []


async def _told(server: Server, given: Given, arguments: list[str], tell: Callable[[Done], tuple[str, Any]]) -> Answer:
    title = f"synth {arguments[0]}"
    place = await server.about(str(given["uri"]), title, _where)
    root, saved = place if place is not None else (server.projects.home, True)
    async with _progress(server, title):
        done = await run(arguments, root)
    text, data = tell(done) if done.code in (0, 1) or "--json" in arguments else markdown.console(done)
    note = "" if saved else "_As it is saved; the editor holds changes that are not._\n\n"
    return {"title": title, "markdown": note + text, "data": data, "ok": done.code == 0, "code": done.code}


def _where(view: View) -> Any:
    """The project's folder, and whether the text is as it is saved."""
    file = view.document.file
    try:
        saved = file is not None and file.read_text(encoding="utf-8-sig") == view.document.text
    except (OSError, UnicodeDecodeError):
        saved = False
    return view.project.root, saved


@asynccontextmanager
async def _progress(server: Server, title: str) -> AsyncIterator[None]:
    """Shown by editors that can; whoever cancels it there cancels the command."""
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        yield
        return
    token, task, loop = str(uuid.uuid4()), asyncio.current_task(), asyncio.get_running_loop()
    try:
        await server.work_done_progress.create_async(token)
    except JsonRpcException:  # it said it could
        yield
        return
    server.work_done_progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True))
    if task is not None:
        cancelled = server.work_done_progress.tokens[token]
        cancelled.add_done_callback(lambda _: loop.call_soon_threadsafe(task.cancel) if cancelled.cancelled() else None)
    try:
        yield
    finally:
        server.work_done_progress.end(token, types.WorkDoneProgressEnd())
        server.work_done_progress.tokens.pop(token, None)


COMMANDS: Mapping[str, Callable[[Server, Given], Awaitable[Answer]]] = {
    "synth.preview": preview,
    "synth.test": test,
    "synth.plan": plan,
    "synth.check": check,
    "synth.diff": diff,
}
