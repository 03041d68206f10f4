"""SQL or a dataset's name in; an Arrow table or a polars frame over committed shards out."""

from runtime.query.frames import load
from runtime.query.names import Reference, parse_reference
from runtime.query.sql import QueryResult, query

__all__ = ["QueryResult", "Reference", "load", "parse_reference", "query"]
