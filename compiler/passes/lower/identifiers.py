"""Names of a spec in; Python identifiers that clash with nothing in the printed module, out."""

from __future__ import annotations

import keyword

# What `SglFunction.run` takes for itself, and would never hand on to a prompt.
SGLANG_RUN = (
    *("args", "kwargs", "max_new_tokens", "n", "stop", "stop_token_ids", "temperature", "top_p", "top_k", "min_p"),
    *("frequency_penalty", "presence_penalty", "ignore_eos", "return_logprob", "logprob_start_len"),
    *("top_logprobs_num", "return_text_in_logprobs", "stream", "backend", "use_thread", "func"),
)
JINJA = ("loop", "self", "super", "caller", "varargs", "recursive", "true", "false", "none", "open_", "chat_")
MODULE = ("s", "row", "call", "sgl", "fn", "ops", "dist", "it", "place", "at", "result", "last", "audits", "measure")
USED = ("Criteria", "Prompt", "Shape", "dict", "float", "range")
LOCAL = frozenset((*keyword.kwlist, *MODULE, *USED))
RESERVED = LOCAL | {*SGLANG_RUN, *JINJA}


def mangle(name: str, reserved: frozenset[str] = RESERVED) -> str:
    """`name`, with an underscore more where SGLang, Jinja2, Python or the module itself uses it. No two names meet."""
    stem = name
    while stem:
        if stem in reserved:
            return f"{name}_"
        if not stem.endswith("_"):
            break
        stem = stem[:-1]
    return name


def spelled(name: str) -> str:
    """What `mangle` made `name` of: a call is recorded under the name of its printed function."""
    stem = name.removesuffix("_")
    return stem if stem != name and mangle(stem) == name else name


class Identifiers:
    """Hands out module-level names: the first to ask for a name has it, the next gets it with an underscore."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, name: str) -> str:
        name = self._free(mangle(name))
        self._taken.add(name)
        return name

    def local(self, name: str) -> str:
        """`name` inside a function, where nothing of the module may be shadowed."""
        return self._free(mangle(name, LOCAL))

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        return name
