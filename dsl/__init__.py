"""Text to tree: grammar, parser, templates, formatter and diagnostics of .synth files."""
