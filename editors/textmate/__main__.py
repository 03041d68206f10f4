"""The language as it is in; the grammar file of the VS Code extension rewritten."""

from editors.textmate.grammar import FILE, written

FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text(written(), encoding="utf-8")
