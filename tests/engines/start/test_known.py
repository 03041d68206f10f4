"""The log of a server that did not start is read for its user."""

from __future__ import annotations

import pytest

from runtime.engines.start.known import cause, step, tail

TRACEBACK = [
    "Ignore import error when loading m: No module named 'vllm'",
    "Traceback (most recent call last):",
    "  File",
]


@pytest.mark.parametrize(
    ("line", "why", "mend"),
    [
        (
            "RuntimeError: No accelerator (CUDA, XPU, HPU, NPU, MUSA, MPS) or platform plugin is available.",
            "there is no GPU",
            'device = "cpu"',
        ),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", "too small", "mem_fraction"),
        ("RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.", "too small", "mem_fraction"),
        ("[Errno 98] error while attempting to bind on address: address already in use", "port", "--port"),
        ("sglang serve: error: unrecognized arguments: --no-such-flag", "--no-such-flag", "flags"),
        (
            "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the "
            "cached files.",
            "the model was not found",
            "model_path",
        ),
        ("ImportError: libnuma.so.1: cannot open shared object file", "kernels", "libnuma1"),
        ("ModuleNotFoundError: No module named 'sgl_kernel'", "kernels", "anew"),
        (
            "ValueError: The checkpoint has model type `qwen9` but Transformers does not recognize this architecture.",
            "transformers",
            "newer",
        ),
        ("ModuleNotFoundError: No module named 'zmq'", "No module named 'zmq'", "anew"),
        (
            "ValueError: Currently only ['fa3', 'triton'] attention backends are supported for deterministic inference",
            "keeps no seeds",
            "triton",
        ),
        ("GatedRepoError: 401 Client Error.", "hub", "HF_TOKEN"),
    ],
)
def test_a_known_cause_is_told_with_its_mend(line: str, why: str, mend: str) -> None:
    told, way_out = cause([*TRACEBACK, line])
    assert why in told
    assert mend in way_out


def test_what_a_server_goes_without_is_no_cause() -> None:
    assert cause([TRACEBACK[0], "Traceback (most recent call last):", "ValueError: something else"]) == ("", "")


def test_the_tail_is_what_went_wrong_and_no_places_of_a_traceback() -> None:
    lines = ["fine", *TRACEBACK[1:], "    ^^^^", "ValueError: odd", "bye"]
    assert tail(lines, 2) == ["Traceback (most recent call last):", "ValueError: odd"]
    assert tail(["one", "two"], 1) == ["two"]


def test_it_is_told_how_far_a_start_has_come() -> None:
    log = ["server_args=ServerArgs()", "Load weight begin. avail mem=21 GB"]
    assert step([]) == ""
    assert step(log[:1]) == "reading the model's configuration"
    assert step(log) == "loading weights"
