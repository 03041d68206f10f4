"""An exchange in; the ways in which it goes wrong out. Each is what a server, a proxy before it or a network does."""

from __future__ import annotations

import asyncio

from tests.engines.faults.proxy import Fault, Wire

HTML = b"<html><head><title>Oops</title></head><body><h1>Bad Gateway</h1></body></html>"


def told(wire: Wire, status: str, body: bytes, *fields: str, length: int | None = None) -> None:
    """An answer of the proxy's own."""
    lines = [f"HTTP/1.1 {status}", *fields, f"content-length: {len(body) if length is None else length}", "", ""]
    wire.send("\r\n".join(lines).encode() + body)


async def slow(wire: Wire) -> None:
    head, body = await wire.answer()
    for start in range(0, len(head + body), 200):
        wire.send((head + body)[start : start + 200])
        await asyncio.sleep(0.005)


async def busy(wire: Wire) -> None:
    told(wire, "503 Service Unavailable", b'{"error": {"message": "The request queue is full."}}')


async def too_many(wire: Wire) -> None:
    told(wire, "429 Too Many Requests", b'{"error": {"message": "slow down"}}', "retry-after: 0")


async def lost_request(wire: Wire) -> None:
    wire.reset()


async def lost_answer(wire: Wire) -> None:
    await wire.answer()
    wire.reset()


async def cut_in_the_head(wire: Wire) -> None:
    head, _ = await wire.answer()
    wire.send(head[:9])
    await wire.cut()


async def cut_in_the_body(wire: Wire) -> None:
    head, body = await wire.answer()
    wire.send(head + body[: len(body) // 2])
    await wire.cut()


async def half_json(wire: Wire) -> None:
    """A whole answer by its length, and half of one by what is in it."""
    _, body = await wire.answer()
    told(wire, "200 OK", body[: len(body) // 2])


async def length_too_long(wire: Wire) -> None:
    _, body = await wire.answer()
    told(wire, "200 OK", body, length=len(body) + 50)
    await wire.cut()


async def length_too_short(wire: Wire) -> None:
    _, body = await wire.answer()
    told(wire, "200 OK", body, length=len(body) - 7)


async def other_json(wire: Wire) -> None:
    """JSON of another service that has taken the port."""
    told(wire, "200 OK", b'{"status": "ok", "items": [1, 2, 3]}')


async def a_json_list(wire: Wire) -> None:
    told(wire, "200 OK", b"[]")


async def a_json_null(wire: Wire) -> None:
    told(wire, "200 OK", b"null")


async def nothing(wire: Wire) -> None:
    told(wire, "200 OK", b"")


async def page_as_success(wire: Wire) -> None:
    told(wire, "200 OK", HTML, "content-type: text/html")


async def page_of_a_gateway(wire: Wire) -> None:
    told(wire, "502 Bad Gateway", HTML, "content-type: text/html")


async def no_http(wire: Wire) -> None:
    wire.send(b"\x16\x03\x01\x02\x00\x01\x00 not what you think\r\n\r\n")


async def broken(wire: Wire) -> None:
    told(wire, "500 Internal Server Error", b"Internal Server Error", "content-type: text/plain")


async def silent(wire: Wire) -> None:
    await asyncio.sleep(30)


PASSING: tuple[Fault, ...] = (
    slow,
    busy,
    too_many,
    lost_request,
    lost_answer,
    cut_in_the_head,
    cut_in_the_body,
    half_json,
    length_too_long,
    length_too_short,
    nothing,
    page_as_success,
    page_of_a_gateway,
    no_http,
)
"""After these the same question is asked again."""
STOPPING: tuple[Fault, ...] = (other_json, a_json_list, a_json_null, broken, silent)
"""These may stop the build at once: they do not look like something of the moment."""
