"""The tests of a spec and the prompts that they reached in; how these differ from what was written down, out.

Beside `notes.synth` stands `notes.snapshots`, with a file for each test that reaches a prompt. A spec without that
folder has no snapshots, and nothing is compared. A test that asks a model has none: its prompts hang on answers.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from compiler.testing import Test
from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Span
from runtime.build.testing import Verdict

SHOWN = 40
"""Lines of a difference that a message holds."""
AROUND = 2
LONGEST = 60
TEXT = ".txt"
UPDATE = "`synth test --update` writes them"


@dataclass(frozen=True)
class Snapshots:
    """`folder` is where they are or would be, `path` what a message calls it.

    `names` are the tests' files, each by the place of its test.
    """

    folder: Path
    path: str
    names: Mapping[Span, str]

    @classmethod
    def of(cls, root: Path, spec: str, tests: Sequence[Test]) -> Snapshots:
        """`spec` is a path of the project, `tests` all that the spec has."""
        path = f"{spec.removesuffix('.synth')}.snapshots"
        return cls(root / path, path, file_names(tests))

    @property
    def kept(self) -> bool:
        return self.folder.is_dir()

    def difference(self, verdict: Verdict) -> Diagnostic | None:
        """E0910, for a test that passed: one that failed may not have come to all its prompts."""
        now, name = text_of(verdict), self.names[verdict.test.span]
        before = self.read(name)
        if now is None or now == before:
            return None
        if before is None:
            return _missing(verdict, f"{self.path}/{name}")
        return _differs(verdict, f"{self.path}/{name}", before, now)

    def stale(self, verdicts: Sequence[Verdict]) -> list[str]:
        """Files of no test, and of tests that passed and have no prompt to compare any more."""
        without = {self.names[one.test.span] for one in verdicts if not one.failures and text_of(one) is None}
        held = set(self.names.values()) - without
        return sorted(file.name for file in self.folder.glob(f"*{TEXT}") if file.name not in held)

    def lacks(self, verdict: Verdict) -> bool:
        return self.read(self.names[verdict.test.span]) is None

    def write(self, verdict: Verdict) -> None:
        """E1106 where it cannot be."""
        name = self.names[verdict.test.span]
        try:
            self.folder.mkdir(exist_ok=True)
            (self.folder / name).write_text(text_of(verdict) or "", encoding="utf-8", newline="\n")
        except OSError as error:
            raise SynthError(_unwritable(f"{self.path}/{name}", error)) from None

    def remove(self, names: Sequence[str]) -> None:
        """The folder goes with its last snapshot: then the spec has none."""
        try:
            for name in names:
                (self.folder / name).unlink(missing_ok=True)
            if self.kept and not any(self.folder.iterdir()):
                self.folder.rmdir()
        except OSError as error:
            raise SynthError(_unwritable(self.path, error)) from None

    def warning(self, name: str) -> Diagnostic:
        return Diagnostic(
            "W0903",
            f"`{self.path}/{name}` is the snapshot of no test",
            help="`synth test --update` removes it; a test that was renamed gets a new one",
        )

    def read(self, name: str) -> str | None:
        """Line ends are those of the machine it was checked out on."""
        file = self.folder / name
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None


def text_of(verdict: Verdict) -> str | None:
    """What a snapshot of the test holds; None where it has none."""
    if verdict.asked or not verdict.prompts:
        return None
    return "\n".join([f"{verdict.test.title} ({verdict.test.dataset})\n", *verdict.prompts])


def file_names(tests: Sequence[Test]) -> dict[Span, str]:
    """A title as a file's name; where several would share one, a digest tells them apart."""
    shared = Counter(_slug(test.title) for test in tests)
    seen: Counter[tuple[str, str]] = Counter()
    names = {}
    for test in tests:
        words = _slug(test.title)
        seen[test.title, test.dataset] += 1
        mark = _mark(test, seen[test.title, test.dataset]) if shared[words] > 1 else ""
        names[test.span] = f"{words}{mark}{TEXT}"
    return names


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower())[:LONGEST].strip("-_") or "test"


def _mark(test: Test, number: int) -> str:
    told = repr((test.title, test.dataset, number))
    return f"-{blake2b(told.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def _unwritable(path: str, error: OSError) -> Diagnostic:
    return Diagnostic(
        "E1106",
        f"`{path}` cannot be written: {(error.strerror or str(error)).lower()}",
        help="snapshots stand in a folder beside the spec",
    )


def _missing(verdict: Verdict, path: str) -> Diagnostic:
    return Diagnostic(
        "E0910",
        "the test has no snapshot of its prompts yet",
        verdict.test.span,
        label=f"reaches {len(verdict.prompts)}",
        notes=(f"the spec's other tests have theirs; this one's would be {path}",),
        help=f"read them and keep them: {UPDATE}",
    )


def _differs(verdict: Verdict, path: str, before: str, now: str) -> Diagnostic:
    lines = list(_changed(before, now))
    more = len(lines) - SHOWN
    told = [*map(_visible, lines[:SHOWN]), *([f"and {more} more lines"] if more > 0 else [])]
    return Diagnostic(
        "E0910",
        "the test's prompts are not those of its snapshot",
        verdict.test.span,
        label=f"not as in {path}",
        notes=("\n".join(told),),
        help=f"if they are as they should be: {UPDATE}",
    )


def _changed(before: str, now: str) -> Iterator[str]:
    """Lines that went (−) and came (+), each group under the call it belongs to."""
    old, new = before.splitlines(), now.splitlines()
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        yield f"@@ {_call(new, group[0][3])} @@"
        for kind, low, high, start, end in group:
            if kind == "equal":
                yield from (f"  {line}" for line in old[low:high])
                continue
            yield from (f"- {line}" for line in old[low:high])
            yield from (f"+ {line}" for line in new[start:end])


def _visible(line: str) -> str:
    """A message shows several spaces as one: those within a line are told by a mark."""
    text = line[4:].lstrip(" ")
    marked = re.sub(r" {2,}", lambda run: "·" * len(run[0]), text).replace("\t", "→")
    return line[: len(line) - len(text)] + marked


def _call(lines: Sequence[str], place: int) -> str:
    heads = (line for line in reversed(lines[: place + AROUND + 1]) if line.startswith("# "))
    return next(heads, "# the beginning").removeprefix("# ")
