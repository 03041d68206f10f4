"""How the server starts: as a verb, soon, and not at all without its packages."""

from __future__ import annotations

import pytest

from runtime.cli import lsp, run


def test_without_its_packages_the_way_to_them_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lsp, "EXTRA", ("a_package_nobody_has",))
    assert run(["lsp"]) == 2
    told = capsys.readouterr().err
    assert "E1290" in told and "pip install 'synth[lsp]'" in told
