"""What the system refuses is told with a way out: it is no bug of synth's."""

from __future__ import annotations

import errno
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.cli.disk import refused

SPEC = """edition 1
dataset notes {
  each take in 1..40
  gen note: str with writer { max_tokens = 20 } \"\"\"
    Note {{ take }}
  \"\"\"
  emit { note = note }
}
"""
ENGINE = '[engines.test]\nkind = "deterministic"\n[profile.default]\nengine = "test"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "spec.synth").write_text(SPEC)
    (tmp_path / "synth.toml").write_text(ENGINE)
    return tmp_path


def build(project: Path, largest: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from runtime.cli import main; main()", "build", "spec.synth"]
    limit = None if largest is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    return subprocess.run(command, cwd=project, capture_output=True, text=True, preexec_fn=limit, timeout=100)


@pytest.mark.parametrize("name", [".synth", ".synth/cache"])
def test_a_file_in_the_way_of_synths_own_is_named(project: Path, name: str) -> None:
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).touch()
    done = build(project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error[E0957]" in done.stderr and f"{project}/.synth" in done.stderr and "move it away" in done.stderr


@pytest.mark.parametrize("largest", [0, 4096, *(pytest.param(size, marks=pytest.mark.soak) for size in (512, 40_000))])
def test_a_file_that_may_not_grow_stops_the_build_and_the_next_one_goes_on(project: Path, largest: int) -> None:
    done = build(project, largest)
    assert done.returncode == 2 and "help:" in done.stderr and "damaged" not in done.stderr, done.stderr
    assert "main is at" in build(project).stdout


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO])
def test_what_a_user_can_mend_has_a_way_out(number: int) -> None:
    found = refused(OSError(number, "…", "/data/x"))
    assert found is not None and found.help and found.notes == ("file: /data/x",)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EEXIST, errno.EBADF])
def test_what_synth_should_have_looked_at_stays_its_own_bug(number: int) -> None:
    assert refused(OSError(number, "…", "/data/x")) is None
