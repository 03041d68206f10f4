"""`synth judge`: the report on a terminal and as JSON, its exit code, and a name that is none."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.workshop import Workshop
from tests.cli.conftest import Cli
from tests.judges.test_gold import GOLD, SPEC


def _work(folder: Path, accuracy: str) -> Workshop:
    return Workshop(folder).write(SPEC.replace("75%", accuracy), gold=GOLD)


def test_a_judge_is_reported_and_its_exit_code_says_whether_it_holds(cli: Cli, tmp_path: Path) -> None:
    work = _work(tmp_path, "0%")
    done = cli("judge", "spec.synth")
    assert done.code == 0
    assert "kind: " in done.out
    assert "of 4 gold cases right" in done.out
    work.edit("accuracy = 0%", "accuracy = 100%")
    (work.root / "gold.jsonl").write_text(
        "".join(json.dumps({"text": "same text", "expected": said}) + "\n" for said in (True, False))
    )
    failed = cli("judge", "spec.synth", "kind", "--json")
    assert failed.code == 1
    [report] = json.loads(failed.out)
    assert (report["judge"], report["cases"], report["held"], len(report["missed"])) == ("kind", 2, False, 1)


def test_a_name_that_is_no_judge_with_cases_gets_a_guess(cli: Cli, tmp_path: Path) -> None:
    _work(tmp_path, "0%")
    done = cli("judge", "spec.synth", "kin")
    assert done.code == 2
    assert "E0921" in done.err
    assert "did you mean `kind`?" in done.err
