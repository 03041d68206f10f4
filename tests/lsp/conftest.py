"""One server process for each process of tests, with an empty folder of its own open."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig

from tests.lsp.editor import Desktop, Editor

ROOT = Path(__file__).parents[2]
SERVER = [sys.executable, "-c", "from runtime.cli import main; main()", "lsp"]
CAPABILITIES = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf16]),
    text_document=types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(
            completion_item=types.ClientCompletionItemOptions(
                snippet_support=True, documentation_format=[types.MarkupKind.Markdown]
            ),
            context_support=True,
        ),
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        signature_help=types.SignatureHelpClientCapabilities(
            signature_information=types.ClientSignatureInformationOptions(
                documentation_format=[types.MarkupKind.Markdown]
            )
        ),
    ),
    window=types.WindowClientCapabilities(work_done_progress=True),
)
_numbers = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """The plugin is left out elsewhere (pyproject.toml): it takes half a second to start."""
    config.pluginmanager.register(pytest_lsp)


def config(command: list[str] = SERVER) -> ClientServerConfig:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return ClientServerConfig(server_command=command, client_factory=Editor, server_env=environment)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("editor")


@pytest_lsp.fixture(config=config(), scope="session")  # type: ignore[untyped-decorator]
async def editor(lsp_client: Editor, home: Path) -> AsyncGenerator[None]:
    folder = types.WorkspaceFolder(home.as_uri(), "home")
    lsp_client.server = await lsp_client.initialize_session(
        types.InitializeParams(capabilities=CAPABILITIES, root_uri=home.as_uri(), workspace_folders=[folder])
    )
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def desktop(editor: Editor, home: Path) -> Desktop:
    """A project of its own for each test."""
    folder = home / f"project{next(_numbers)}"
    folder.mkdir()
    (folder / "synth.toml").write_text("")
    return Desktop(editor, folder)


@asynccontextmanager
async def started(
    folder: Path, said: types.ClientCapabilities, command: list[str] = SERVER
) -> AsyncGenerator[tuple[Editor, types.InitializeResult]]:
    """A server of its own, for an editor that says this of itself."""
    client = await config(command).start()
    assert isinstance(client, Editor)
    yield client, await client.initialize_session(types.InitializeParams(capabilities=said, root_uri=folder.as_uri()))
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]
