"""The filter as the kernel reads it: which system calls come through, on each kind of machine."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.tools import seccomp

ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
OF_ITS_OWN = {seccomp._SOCKET, seccomp._CLONE, seccomp._CLONE3}
machines = st.sampled_from(sorted(MACHINES))


def verdict(machine: str, number: int, argument: int = 0, arch: int | None = None) -> int:
    """What a classic BPF machine returns for a system call."""
    program = seccomp.program(machine)
    assert program is not None
    data = struct.pack("<IIQQ", number, MACHINES[machine][0] if arch is None else arch, 0, argument)
    at, held = 0, 0
    while True:
        code, then, otherwise, value = struct.unpack_from("<HBBI", program, at * 8)
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (held,) = struct.unpack_from("<I", data, value)
            continue
        holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
        at += then if holds else otherwise


@given(machines, st.integers(0, 600), st.integers(0, 2**32 - 1))
def test_all_that_is_not_refused_comes_through(machine: str, number: int, argument: int) -> None:
    column = MACHINES[machine][1]
    refused = {numbers[column] for numbers in (*seccomp._REFUSED.values(), *OF_ITS_OWN)}
    if number not in refused:
        assert verdict(machine, number, argument) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", seccomp._REFUSED)
def test_what_is_refused_is_an_error(machine: str, name: str) -> None:
    number = seccomp._REFUSED[name][MACHINES[machine][1]]
    assert number is None or verdict(machine, number) == ERROR | 1


@given(machines, st.integers(0, 600), st.integers(0, 2**32 - 1))
def test_another_machines_calls_end_the_process(machine: str, number: int, arch: int) -> None:
    assert arch == MACHINES[machine][0] or verdict(machine, number, arch=arch) == KILL


@given(st.integers(0x40000000, 2**32 - 1))
def test_the_short_pointers_of_x86_are_no_way_round(number: int) -> None:
    assert verdict("x86_64", number) == ERROR | 1


@given(machines, st.integers(0, 2**32 - 1))
def test_a_process_is_made_without_a_namespace(machine: str, flags: int) -> None:
    new = flags & 0x7E020000
    assert verdict(machine, seccomp._CLONE[MACHINES[machine][1]], flags) == (ERROR | 1 if new else ALLOW)
    assert verdict(machine, seccomp._CLONE3[MACHINES[machine][1]], flags) == ERROR | 38


@given(machines, st.integers(0, 50))
def test_a_socket_is_local_or_none(machine: str, family: int) -> None:
    assert verdict(machine, seccomp._SOCKET[MACHINES[machine][1]], family) == (ALLOW if family == 1 else ERROR | 97)


def test_there_is_none_for_a_machine_whose_numbers_are_not_known() -> None:
    assert seccomp.program("riscv64") is None
