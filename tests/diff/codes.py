"""Something a user did wrong in; the diagnostic it must raise out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsl.diagnostics import Diagnostic, SynthError, page


def code_of(action: Callable[[], object], code: str) -> Diagnostic:
    """The one diagnostic of `action`, whose code has a page."""
    with pytest.raises(SynthError) as caught:
        action()
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert page(code) is not None
    return found
