"""Nothing in; a language server with all features registered, out. It speaks over stdin and stdout, or one TCP port."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config.project import FILE
from runtime.lsp import lenses
from runtime.lsp.checking import Checking
from runtime.lsp.client import Client
from runtime.lsp.commands import COMMANDS
from runtime.lsp.desk import Desk, Refused
from runtime.lsp.documents import Documents
from runtime.lsp.feature import Feature, Later, Told
from runtime.lsp.moving import WATCHED, moving
from runtime.lsp.processes import ended_with_us
from runtime.lsp.projects import Projects
from runtime.lsp.protocol import Protocol
from runtime.lsp.samples import glimpses
from runtime.lsp.symbols import everywhere
from runtime.lsp.view import View

MODULES = (
    "completion", "signature", "hover", "navigation", "renaming", "symbols", "tokens", "hints", "folding", "formatting",
    "actions", "lenses",
)  # fmt: skip
"""The features, one module each, with what they register in `FEATURES`."""

PATIENCE = 2.0
"""Seconds that a hover waits for what is made beside."""

Answer = TypeVar("Answer")


class RequestFailed(JsonRpcException):
    """A request that was right and cannot be done; an editor shows the message."""

    CODE = types.LSPErrorCodes.RequestFailed.value
    MESSAGE = "cannot be done"


class Server(LanguageServer):
    """Texts change on the loop; questions about them are answered by the desk, in order."""

    def __init__(self) -> None:
        super().__init__("synth", version(), protocol_cls=Protocol, converter_factory=_converter)
        self.documents = Documents()
        self.projects = Projects()
        self.desk = Desk(self.tell)
        self.client = Client()
        self.checking = Checking(self)

    def opened(self, item: types.TextDocumentItem) -> None:
        self.documents.encoding = str(getattr(encoding := self.workspace.position_encoding, "value", encoding))
        self.documents.open(item)
        self.after(item.uri)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.documents.change(params)
        if document is not None:
            self.after(document.uri)

    def after(self, uri: str) -> None:
        """A configuration is read by every spec of its project."""
        if uri.endswith(FILE):
            self.checking.all()
        else:
            self.checking.soon(uri)

    def closed(self, uri: str) -> None:
        self.documents.close(uri)
        self.checking.closed(uri)
        if uri.endswith(FILE):
            self.checking.all()

    async def about(self, uri: str, name: str, question: Callable[[View], Answer]) -> Answer | None:
        """None for a text that is not open, and where the question fails."""
        documents = self.documents.all
        document = documents.get(uri)
        if document is None:
            return None

        def asked() -> Answer:
            return question(View(document, self.projects.of(document, documents), self.client))

        return await self.desk.ask(name, asked)

    async def later(self, name: str, answer: Later) -> Any:
        """Who waits for more than a moment is given what is there; the errand goes on for the next who asks."""
        errand = asyncio.ensure_future(self.desk.send(name, answer.errand))
        done, _ = await asyncio.wait({errand}, timeout=PATIENCE)
        found = errand.result() if done else None
        return answer.otherwise if found is None else found

    def publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def refresh(self) -> None:
        """What is shown of some text may be another, though it was not typed into."""
        for method in self.client.refreshes:
            self.protocol.send_request(method)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What the library could not do with a message. A pop-up would tell a person what only we can mend."""
        if source is not FeatureRequestError:
            self.tell(str(error))

    def tell(self, text: str) -> None:
        """A fault of ours, in the editor's log. May come from any thread."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))


def _converter() -> Any:
    from pygls.protocol import default_converter

    return default_converter()  # type: ignore[no-untyped-call]


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("synth")
    except PackageNotFoundError:
        return "0"


def make_server() -> Server:
    server = Server()
    for module in MODULES:
        for feature in import_module(f"runtime.lsp.{module}").FEATURES:
            _register(server, feature)
    for name, command in COMMANDS.items():
        server.command(name)(_command(server, name, command))
    for register in (_begin_and_end, _saving, _symbols, _moving, _costs):
        register(server)
    return server


def _command(server: Server, name: str, command: Any) -> Callable[[types.ExecuteCommandParams], Any]:
    async def execute(params: types.ExecuteCommandParams) -> Any:
        given = params.arguments[0] if params.arguments else {}
        try:
            return await command(server, given if isinstance(given, dict) else vars(given))
        except asyncio.CancelledError:
            raise
        except Exception:
            server.tell(f"{name} failed, and answers nothing:\n{traceback.format_exc()}")
            return None

    return execute


def _register(server: Server, feature: Feature) -> None:
    async def answer(params: Any) -> Any:
        try:
            found = await server.about(params.text_document.uri, feature.method, lambda view: feature.of(view, params))
        except Refused as refused:
            raise RequestFailed(str(refused)) from None
        if isinstance(found, Later):
            found = await server.later(feature.method, found)
        if isinstance(found, Told):
            server.window_show_message(types.ShowMessageParams(types.MessageType.Info, found.text))
            found = found.answer
        return feature.nothing if found is None else found

    server.feature(feature.method, feature.options)(answer)


def _begin_and_end(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        folders = [folder.uri for folder in params.workspace_folders or []]
        server.client = Client.of(params.capabilities)
        first = to_fs_path((folders or [params.root_uri or ""])[0])
        if first and Path(first).is_dir():
            server.projects.home = Path(first)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        if server.client.watches:
            server.client_register_capability(types.RegistrationParams([_WATCH]))

    @server.feature(types.SHUTDOWN)
    def shutdown(params: Any) -> None:
        server.desk.close()


def _saving(server: Server) -> None:
    """Whatever has changed on the disk, every open text is looked at anew."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        await server.desk.ask("the files' change", server.projects.forget)
        server.checking.all()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        await server.desk.ask("the files' change", server.projects.forget)
        server.checking.all()


def _symbols(server: Server) -> None:
    @server.feature(types.WORKSPACE_SYMBOL)
    async def symbols(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        documents = server.documents
        found = await server.desk.ask(
            "workspace/symbol",
            lambda: [
                symbol
                for project in server.projects.opened(documents.all)
                for symbol in everywhere(project, params.query, documents.encoding)
            ],
        )
        return found or []


def _moving(server: Server) -> None:
    @server.feature(types.WORKSPACE_WILL_RENAME_FILES, WATCHED)
    async def will_rename(params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
        documents, files = server.documents, list(params.files)
        found = await server.desk.ask(
            "workspace/willRenameFiles",
            lambda: [moving(project, files, documents.encoding) for project in server.projects.opened(documents.all)],
        )
        changes = {uri: edits for one in found or [] for uri, edits in one.items()}
        return types.WorkspaceEdit(changes=changes) if changes else None


def _costs(server: Server) -> None:
    """What a dataset asks stands in its lens, once somebody has looked."""

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        given = lens.data if isinstance(lens.data, dict) else {}
        looks = await server.about(str(given.get("uri")), "codeLens/resolve", glimpses)
        seen = await server.desk.send("codeLens/resolve", looks) if looks is not None else None
        return lenses.resolved(lens, given, seen or {})


_WATCH = types.Registration(
    "watch",
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
    types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")]),
)
"""Specs read other specs, inputs and texts of any name."""


def run(port: int | None = None) -> None:
    """Until the editor leaves."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # what matters of it, the editor is told
    server = make_server()
    with ended_with_us():
        if port is None:
            server.start_io(stdout=_private())
        else:
            _serve(server, port)


def _serve(server: Server, port: int) -> None:
    try:
        server.start_tcp("127.0.0.1", port)
    except OSError as error:
        raise SynthError(
            Diagnostic("E1291", f"port {port} cannot be served: {error.strerror}", help="choose another port")
        ) from None


def _private() -> BinaryIO:
    """The stream that the editor reads, for us alone: whatever is printed goes to stderr, and breaks no message."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out
