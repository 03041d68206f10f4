"""Random histories, done to two stores at once: what can be seen of them must be the same."""
