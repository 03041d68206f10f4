"""A project's pull requests in; a page on this machine that one person reviews them with, out."""
