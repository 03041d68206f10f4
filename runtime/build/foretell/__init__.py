"""A dataset's program and the journal in; what each candidate would ask, as far as it is known, out. Asks nobody."""
