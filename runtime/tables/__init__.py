"""Rows in; content-cut shards and the manifest that names them out."""
