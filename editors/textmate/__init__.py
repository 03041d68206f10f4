"""The language's words in; the TextMate grammar that VS Code and other editors colour specs by, out."""

from editors.textmate.grammar import grammar, written

__all__ = ["grammar", "written"]
