"""An editor for tests: opens texts in a real server process, types into them, and asks at a `|` in the text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient

from runtime.lsp.positions import Lines
from tests.lsp.specs import FACTS, FAST, QUESTIONS, SHARED

WAIT = 10.0
"""Seconds until a message counts as never coming; machines of tests are slow."""


class Editor(LanguageClient):
    """`found` are the last diagnostics of each text with the version they are of; `tokens` those of progress."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.found: dict[str, types.PublishDiagnosticsParams] = {}
        self.published: list[types.PublishDiagnosticsParams] = []
        self.server: types.InitializeResult | None = None
        self.tokens: list[types.ProgressToken] = []
        self._news = asyncio.Event()

        hears = self.protocol.fm.features
        hears[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = self._hear
        hears[types.WINDOW_WORK_DONE_PROGRESS_CREATE] = lambda params: self.tokens.append(params.token)
        hears[types.PROGRESS] = lambda params: None
        hears[types.WINDOW_LOG_MESSAGE] = self.log_messages.append
        hears[types.WINDOW_SHOW_MESSAGE] = self.messages.append

    def _hear(self, params: types.PublishDiagnosticsParams) -> None:
        self.found[params.uri] = params
        self.published.append(params)
        self._news.set()

    async def until(self, uri: str, version: int) -> Sequence[types.Diagnostic]:
        """The diagnostics of that version of the text, or of a later one."""
        async with asyncio.timeout(WAIT):
            while uri not in self.found or (self.found[uri].version or 0) < version:
                self._news.clear()
                await self._news.wait()
        return self.found[uri].diagnostics

    async def until_codes(self, uri: str, *codes: str) -> None:
        """Once the text has these codes and no others; what comes to no version comes when it comes."""
        try:
            async with asyncio.timeout(WAIT):
                while uri not in self.found or sorted(map(code, self.found[uri].diagnostics)) != sorted(codes):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.found.get(uri)} and never {codes}") from None


def code(found: types.Diagnostic) -> str:
    return str(found.code)


@dataclass
class Text:
    """One open text of an editor. A `|` in what is written is the cursor, and is not in the text."""

    editor: Editor
    uri: str
    text: str = ""
    version: int = 0
    cursor: int = 0
    encoding: str = field(default="utf-16")

    @property
    def lines(self) -> Lines:
        return Lines(self.text, self.encoding)

    @property
    def identifier(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    @property
    def position(self) -> types.Position:
        return self.lines.position(self.cursor)

    @property
    def at(self) -> dict[str, Any]:
        """Arguments of a request that is about the cursor."""
        return {"text_document": self.identifier, "position": self.position}

    def _write(self, text: str) -> None:
        self.cursor = max(text.find("|"), 0)
        self.text = text.replace("|", "", 1)
        self.version += 1

    def open(self, text: str) -> Text:
        self._write(text)
        item = types.TextDocumentItem(self.uri, "synth", self.version, self.text)
        self.editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return self

    def write(self, text: str) -> None:
        """The whole text anew."""
        self._write(text)
        self._changed(types.TextDocumentContentChangeWholeDocument(self.text))

    def replace(self, start: int, end: int, text: str) -> None:
        """As typed: only what changes is sent, in the editor's units."""
        place = self.lines.range(start, end)
        self.text = self.text[:start] + text + self.text[end:]
        self.version += 1
        self._changed(types.TextDocumentContentChangePartial(range=place, text=text))

    def _changed(self, change: types.TextDocumentContentChangeEvent) -> None:
        named = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        self.editor.text_document_did_change(types.DidChangeTextDocumentParams(named, [change]))

    def close(self) -> None:
        self.editor.text_document_did_close(types.DidCloseTextDocumentParams(self.identifier))

    async def found(self) -> Sequence[types.Diagnostic]:
        return await self.editor.until(self.uri, self.version)

    async def codes(self) -> list[str]:
        return [code(one) for one in await self.found()]

    def slice(self, place: types.Range) -> str:
        return self.text[self.lines.offset(place.start) : self.lines.offset(place.end)]

    def edited(self, edits: Sequence[Any]) -> str:
        """The text after edits, as an editor makes them."""
        text = self.text
        for edit in sorted(edits, key=lambda one: self.lines.offset(one.range.start), reverse=True):
            start, end = self.lines.offset(edit.range.start), self.lines.offset(edit.range.end)
            text = text[:start] + edit.new_text + text[end:]
        return text


@dataclass
class Desktop:
    """A folder on the disk and the editor that has it open."""

    editor: Editor
    folder: Path

    def text(self, name: str) -> Text:
        return Text(self.editor, (self.folder / name).as_uri())

    def save(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def questions(self) -> None:
        """A project of two specs and an input, on a configuration that asks no model."""
        self.save("synth.toml", FAST)
        self.save("facts.jsonl", FACTS)
        self.save("shared.synth", SHARED)
        self.save("questions.synth", QUESTIONS)

    def opened(self, name: str, text: str = "") -> Text:
        """The file as it is saved, or this text in its place."""
        return self.text(name).open(text or (self.folder / name).read_text())
