"""Requests in; answers of SGLang servers out, over their own `/generate`."""
