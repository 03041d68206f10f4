"""Rows in; content-cut shards and the manifest that names them out."""

import os

# Arrow's own pools keep what a burst of work needed (60 MB here); the system's gives it back. Read when Arrow loads.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
