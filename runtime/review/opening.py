"""A project and its store in; its reviews, signing what they append where the project asks for it, out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from runtime.review.reviews import Reviews
from runtime.review.signing import signer
from runtime.store.port import Store

if TYPE_CHECKING:
    from runtime.config.project import Project


def open_reviews(project: Project, store: Store, clock: Callable[[], float] = time.time) -> Reviews:
    """A key is looked for when the first event is appended: reading needs none."""

    def sign(data: bytes) -> str | None:
        found = signer(project)
        return found(data) if found else None

    return Reviews(store, clock, sign)
