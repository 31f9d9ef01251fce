"""The socket of a web face: answers leave at once, and a port that cannot be had is said in words."""

from __future__ import annotations

import asyncio
import socket

import pytest

from digest.errors import DigestError, UsageError
from digest.web.listening import listen


def test_small_answers_are_not_held_back() -> None:
    seen: list[int] = []

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    async def call() -> None:
        listener = listen("127.0.0.1", 0, waiting=4, hint="")
        async with await asyncio.start_server(answer, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()

    asyncio.run(call())
    assert seen
    assert all(seen)


def test_a_port_that_cannot_be_had_is_said() -> None:
    with listen("127.0.0.1", 0, waiting=4, hint="") as first:
        port = first.getsockname()[1]
        with pytest.raises(DigestError, match=f"port {port} is in use") as taken:
            listen("127.0.0.1", port, waiting=4, hint="take another", taken="is in use")
        with pytest.raises(DigestError, match=f"port {port} cannot be opened: "):
            listen("127.0.0.1", port, waiting=4, hint="")
    assert taken.value.hint == "take another"
    with pytest.raises(UsageError, match="70000 is no port"):
        listen("127.0.0.1", 70_000, waiting=4, hint="")
