"""A checked spec in; rows, a manifest and one commit out."""
