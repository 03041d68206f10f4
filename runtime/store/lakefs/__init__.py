"""The store of a lakeFS server: commits, branches and tags over HTTP, everything checked and safe to repeat."""
