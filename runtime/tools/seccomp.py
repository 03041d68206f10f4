"""Nothing in; a seccomp filter (a classic BPF program) for this machine out, as bubblewrap takes it.

What a program needs to compute is let through. What reaches into the kernel, other processes, namespaces, the network
or memory that no limit counts is refused with an error, as on a system that lacks it.
"""

from __future__ import annotations

import platform
import struct
from collections.abc import Iterable, Mapping

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_AF_UNIX = 1
_NEW_NAMESPACES = 0x7E020000
_X32 = 0x40000000
_ARCHES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_REFUSED: Mapping[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "unshare": (272, 97),
    "setns": (308, 268),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "fanotify_init": (300, 262),
    "vhangup": (153, 58),
    "uselib": (134, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
}
"""Numbers on x86_64 and aarch64. The last five give memory that outlives its process or belongs to none."""
_SOCKET, _CLONE, _CLONE3 = (41, 198), (56, 220), (435, 435)


def program(machine: str = platform.machine()) -> bytes | None:
    """The filter's bytes; None for a machine whose numbers are not known here."""
    if machine not in _ARCHES:
        return None
    arch, column = _ARCHES[machine]
    refused = [numbers[column] for numbers in _REFUSED.values()]
    return b"".join(
        [
            _step(_LOAD, _ARCH),
            _step(_EQUAL, arch, 1, 0),
            _step(_RETURN, _KILL),
            _step(_LOAD, _NUMBER),
            *([_step(_AT_LEAST, _X32, 0, 1), _refuse(_EPERM)] if machine == "x86_64" else []),
            *_each(number for number in refused if number is not None),
            # Its flags lie in memory, which a filter cannot read: the C library then uses clone, whose flags it can.
            _step(_EQUAL, _CLONE3[column], 0, 1),
            _refuse(_ENOSYS),
            *_argument(_CLONE[column], (_ANY_BIT, _NEW_NAMESPACES, 0, 1), _EPERM),
            *_argument(_SOCKET[column], (_EQUAL, _AF_UNIX, 1, 0), _EAFNOSUPPORT),
            _step(_RETURN, _ALLOW),
        ]
    )


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("<HBBI", code, then, otherwise, value)


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _ERROR | error)


def _each(numbers: Iterable[int]) -> Iterable[bytes]:
    for number in numbers:
        yield _step(_EQUAL, number, 0, 1)
        yield _refuse(_EPERM)


def _argument(number: int, test: tuple[int, int, int, int], error: int) -> tuple[bytes, ...]:
    """Calls of `number` whose first argument meets `test` are refused, its others let through."""
    return (
        _step(_EQUAL, number, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(*test),
        _refuse(error),
        _step(_RETURN, _ALLOW),
    )
