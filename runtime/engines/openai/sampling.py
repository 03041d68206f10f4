"""A request in; the fields that say how its answer is sampled out, worked out once for all requests that differ in
their prompts and seeds alone."""

from __future__ import annotations

from runtime.engines.openai.constraints import Fields
from runtime.engines.openai.flavours import Flavour
from runtime.engines.openai.wire import sampled
from runtime.engines.protocol import Constraint, Request, Sampling
from runtime.engines.seeds import folded

MOST = 1024
"""Settings that are remembered: a drawn temperature makes many."""


class Sampler:
    """For one server; raises what `sampled` does."""

    def __init__(self, flavour: Flavour, name: str) -> None:
        self._flavour, self._name = flavour, name
        self._known: dict[tuple[int, int], tuple[Sampling, Constraint | None, Fields]] = {}

    def fields(self, request: Request) -> Fields:
        """A dictionary of the caller's own."""
        sampling, constraint = request.sampling, request.constraint
        # By identity, which what is remembered holds on to: to compare would take as long as to work out anew.
        key = (id(sampling), id(constraint))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST:
                self._known.clear()
            found = self._known[key] = (sampling, constraint, sampled(request, self._flavour, self._name))
        fields = found[2].copy()
        if "seed" in fields:
            fields["seed"] = folded(request.seed)
        return fields
