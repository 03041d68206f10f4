"""A store in; all that is wrong with it (`fsck`), and what nobody needs any more removed (`gc`), out."""
