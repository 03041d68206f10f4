"""The documentation: Markdown to be read where it lies, and `docs.site`, which makes a site of it."""
