"""A text in; the places out at which to cut it, so that no part of it is read as a control token.

A server's tokenizer reads `<|im_end|>` as the token that ends a turn, wherever it stands: a page about chat templates
would end the turn that quotes it. Cut behind its first character and tokenized apart, it is text like any other. Which
spellings are control tokens only the tokenizer knows: those of the template are learnt with it, and what else looks
like one is asked about, once for each spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from runtime.engines.protocol import EngineRejected
from runtime.engines.sglang.tokens import Post

LOOKS_LIKE_ONE = re.compile(r"<[^<>\s]{1,60}>|\[[^\[\]\s]{1,40}\]")


class Controls:
    """What is known of one tokenizer's control tokens."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._known: dict[str, bool] = {}
        self.odd: set[str] = set()
        """Those of shapes that `LOOKS_LIKE_ONE` does not know."""

    async def learn(self, words: str, tokens: Iterable[int]) -> None:
        """`words` are the template's, `tokens` a prompt that it made: control tokens of any shape are among them.

        Some tokenizers do not call their turns' marks special. What looks like one in a template's words is one.
        """
        self._known.update(dict.fromkeys(LOOKS_LIKE_ONE.findall(words), True))
        ids = [[token] for token in dict.fromkeys(tokens)]
        try:
            silent = [one for one, text in zip(ids, await self._decoded(ids, True), strict=True) if not text]
            spelt = await self._decoded(silent, False) if silent else []
        except EngineRejected:
            return  # a server that does not tell
        self.odd.update(word for word in spelt if word and not LOOKS_LIKE_ONE.fullmatch(word))

    def suspects(self, text: str) -> bool:
        """Whether `cuts` can find any: in most texts there is not even a bracket."""
        return "<" in text or "[" in text or bool(self.odd)

    async def cuts(self, text: str) -> list[int]:
        """Ascending places in `text`; none when it can be tokenized as it is."""
        found = list(LOOKS_LIKE_ONE.finditer(text)) if "<" in text or "[" in text else []
        await self._ask({match[0] for match in found} - self._known.keys())
        places = {match.start() + 1 for match in found if self._known[match[0]]}
        for word in self.odd:
            places.update(match.start() + 1 for match in re.finditer(re.escape(word), text))
        return sorted(places)

    async def _ask(self, spellings: set[str]) -> None:
        """A spelling of a control token has tokens that vanish when such tokens are left out."""
        if not spellings:
            return
        asked = sorted(spellings)
        ids = await self._post("/tokenize", {"prompt": asked, "add_special_tokens": False}, "tokens")
        try:
            whole, without = await self._decoded(ids, False), await self._decoded(ids, True)
        except EngineRejected:  # a server that does not tell: what is one token may be meant as one
            whole, without = [""] * len(ids), ["" if len(tokens) > 1 else "control" for tokens in ids]
        self._known.update((word, a != b) for word, a, b in zip(asked, whole, without, strict=True))

    async def _decoded(self, ids: Sequence[Sequence[int]], skip: bool) -> list[str]:
        body = {"tokens": list(ids), "skip_special_tokens": skip}
        texts: list[str] = await self._post("/detokenize", body, "text")
        return texts
