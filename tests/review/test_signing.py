"""Events are signed with a real SSH key, and what is not signed by the person it names counts for nothing."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.config import Config, Project, ReviewConfig
from runtime.review import Reviews, email, open_reviews, rules, whoami
from runtime.review.signing import holds, sign
from tests.review.desk import ADA, BOB, EVE, Desk

SIGNED = """[review]
branches = ["main"]
audits = "any"
flags = "any"
signatures = "required"
allowed_signers = "signers"
signing_key = "{key}"
"""


def key_of(folder: Path, person: str) -> Path:
    path = folder / email(person).partition("@")[0]
    if not path.exists():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)]
        subprocess.run(command, check=True, timeout=30)
    return path


def signers(folder: Path, *people: str) -> str:
    return "".join(f"{email(one)} {key_of(folder, one).with_suffix('.pub').read_text()}" for one in people)


def signing(folder: Path, desk: Desk, person: str) -> Reviews:
    return Reviews(desk.store, desk.clock, lambda data: sign(data, str(key_of(folder, person))))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "store")


def test_a_signature_is_by_the_person_and_over_every_field(tmp_path: Path, desk: Desk) -> None:
    allowed = signers(tmp_path, ADA, BOB)
    pull = signing(tmp_path, desk, ADA).open("tone", "main", "Formal", "", ADA)
    (event,) = pull.events
    assert holds(event, allowed)
    assert not holds(event, signers(tmp_path, BOB))
    changed = [
        replace(event, by=BOB),
        replace(event, seq=2),
        replace(event, before="f" * 64),
        replace(event, kind="closed"),
        replace(event, data={**event.data, "title": "formal"}),
        replace(event, signature=None),
        replace(event, signature="-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"),
    ]
    assert [holds(other, allowed) for other in changed] == [False] * len(changed)


def test_a_key_that_was_not_valid_yet_signs_for_nobody(tmp_path: Path, desk: Desk) -> None:
    later = signers(tmp_path, ADA).replace("ada@example.org ", 'ada@example.org valid-after="20990101" ', 1)
    (event,) = signing(tmp_path, desk, ADA).open("tone", "main", "Formal", "", ADA).events
    assert holds(event, later.replace("2099", "2020"))
    assert not holds(event, later)


def test_approvals_without_a_valid_signature_do_not_count(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "signers").write_text(signers(tmp_path, ADA, BOB))
    review = ReviewConfig(
        ("main",), audits="any", flags="any", signatures="required", allowed_signers=str(tmp_path / "signers")
    )
    pull = signing(tmp_path, desk, ADA).open("tone", "main", "Formal", "", ADA)
    seen = desk.reviews.digest(pull)
    desk.reviews.review(1, "approve", BOB, seen)
    signing(tmp_path, desk, EVE).review(1, "approve", EVE, seen)
    signing(tmp_path, desk, ADA).review(1, "approve", "Bob the second <bob2@example.org>", seen)

    def text() -> str:
        return rules(desk.store, Config(review=review), desk.reviews.get(1))[0].text

    assert text() == "0 of 1 given, 3 without a valid signature"
    signing(tmp_path, desk, BOB).review(1, "approve", BOB, seen)
    assert text() == "1 of 1 given, 2 without a valid signature"


def test_a_project_signs_when_it_says_so(tmp_path: Path, desk: Desk) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "synth.toml").write_text(SIGNED.format(key=key_of(tmp_path, ADA)))
    (root / "signers").write_text(signers(tmp_path, ADA))
    pull = open_reviews(Project.find(root), desk.store).open("tone", "main", "Formal", "", ADA)
    assert holds(pull.events[0], (root / "signers").read_text())


@pytest.mark.parametrize("key", ["no_such_key", "synth.toml"])
def test_a_key_that_cannot_sign_is_told(tmp_path: Path, desk: Desk, key: str) -> None:
    (tmp_path / "synth.toml").write_text(SIGNED.format(key=key))
    with pytest.raises(SynthError) as refused:
        open_reviews(Project.find(tmp_path), desk.store).open("tone", "main", "Formal", "", ADA)
    (found,) = refused.value.diagnostics
    assert found.code == "E1088" and key in found.message
    assert desk.reviews.list() == ()


def test_required_signatures_without_a_key_or_ssh_keygen_are_told(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SIGNED.format(key="")
    monkeypatch.setenv("HOME", str(tmp_path))
    for written in (text.replace('signing_key = ""\n', ""), SIGNED.format(key=key_of(tmp_path, ADA))):
        (tmp_path / "synth.toml").write_text(written)
        reviews = open_reviews(Project.find(tmp_path), desk.store)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(SynthError) as refused:
            reviews.open("tone", "main", "Formal", "", ADA)
        assert refused.value.diagnostics[0].code == "E1088"


def test_signers_that_cannot_be_read_are_told_at_their_line(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "synth.toml").write_text(SIGNED.format(key="k"))
    desk.open()
    with pytest.raises(SynthError) as refused:
        rules(desk.store, Project.find(tmp_path).config, desk.reviews.get(1))
    (found,) = refused.value.diagnostics
    assert found.code == "E1092" and found.span is not None


def test_who_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.find(tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, timeout=30)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(tmp_path), "config", name, value], check=True, timeout=30)
    monkeypatch.delenv("SYNTH_AUTHOR", raising=False)
    assert whoami(project) == ADA
    monkeypatch.setenv("SYNTH_AUTHOR", "Bob \n<bob@example.org>")
    assert whoami(project) == BOB
