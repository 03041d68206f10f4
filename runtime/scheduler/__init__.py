"""Candidates in; their outcomes out, in candidate order, from a bounded window of work in flight."""
