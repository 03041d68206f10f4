"""A project, its store, a token and a person in; the page as a web application, not yet listening, out."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from runtime.page.answers import not_served
from runtime.page.asked import served
from runtime.page.door import Door
from runtime.page.guard import Guard
from runtime.page.handlers import ADDRESSES
from runtime.page.page import Page
from runtime.review import open_reviews

if TYPE_CHECKING:
    from runtime.config.project import Project
    from runtime.store.port import Store

STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
"""As the browser must see them: the machine's own list may say something else, and nothing is guessed."""


def create_app(project: Project, store: Store, token: str, who: str) -> Starlette:
    """Answers are made in one thread of their own: neither the store nor an open diff is ever used by two."""
    for suffix, type_ in TYPES.items():
        mimetypes.add_type(type_, suffix)
    work = ThreadPoolExecutor(1, "page")
    page = Page(project, store, who, open_reviews(project, store))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        work.shutdown(cancel_futures=True)

    api = [Route(path, served(partial(handle, page), work), methods=[method]) for method, path, handle in ADDRESSES]
    shell = [Route(path, _shell) for path in ("/", "/pulls/{number:int}")]
    return Starlette(
        routes=[*api, *shell, Mount("/static", StaticFiles(directory=STATIC, check_dir=False))],
        middleware=[Middleware(Guard, door=Door(token))],
        exception_handlers={404: not_served, 405: not_served},
        lifespan=lifespan,
    )


async def _shell(request: Request) -> Response:
    """The same file for every address of the page: what it shows, it asks for."""
    return FileResponse(STATIC / "index.html", media_type="text/html")
