"""Commits, branches, tags and the bytes under them: one port, and the stores that stand behind it."""
