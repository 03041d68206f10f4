"""The documentation and what can be told from the code in; a site that needs no network and no JavaScript out."""
