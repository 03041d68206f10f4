"""The settings of an SGLang engine in synth.toml: one url or several, each an address."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engines.registry import make_engine, setting_mistakes

A, B = "http://10.0.0.1:30000", "http://10.0.0.2:30000"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, ["kind E0802"]),
        ({"url": "10.0.0.1"}, ["url E0815"]),
        ({"url": "http://gpu:30000/v1/"}, ["url E0815"]),
        ({"url": "http://gateway/team/v1"}, []),
        ({"urls": []}, ["urls E0802"]),
        ({"urls": [A, A]}, ["urls E0802"]),
        ({"urls": [A, 3]}, ["urls E0802"]),
        ({"urls": [A, "ftp://b"]}, ["urls E0815"]),
        ({"url": A, "urls": [B]}, ["urls E0802"]),
        ({"url": A, "seconds_per_token": 0}, ["seconds_per_token E0802"]),
        ({"urls": [A, B], "seconds_per_token": 2}, []),
    ],
)
def test_mistakes_are_told_with_the_key_that_they_are_about(settings: dict[str, Any], told: list[str]) -> None:
    assert [f"{key} {mistake.code}" for key, mistake in setting_mistakes("sglang", settings)] == told


def test_an_engine_of_several_servers_is_made_without_asking_them() -> None:
    assert make_engine("sglang", {"urls": [A, B], "model": "m"}).identity == "m"


def test_an_engine_of_several_servers_wants_as_many_calls_as_they_take_together() -> None:
    one = make_engine("sglang", {"url": A, "concurrency": 8}).concurrency
    assert make_engine("sglang", {"urls": [A, B], "concurrency": 8}).concurrency == 2 * one
