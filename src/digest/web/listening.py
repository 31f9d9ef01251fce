"""The socket that a web face listens on."""

from __future__ import annotations

import errno
import socket

from digest.errors import DigestError, UsageError


def listen(host: str, port: int, *, waiting: int, hint: str, taken: str = "") -> socket.socket:
    """A socket that listens there; port 0 takes a free one. `waiting` callers may stand in line, `hint` says what to
    do when the port cannot be had, `taken` in a word that somebody else has it; else the system's own words are told.

    Raises:
        UsageError: that is no port.
        DigestError: the port is taken, or may not be opened.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"{port} is no port", where="--port", hint="0 takes a free one")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only on sockets that say that they are TCP; on others the
    # second half of each answer waits for the caller's delayed acknowledgement, about 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(waiting)
    except OSError as problem:
        listener.close()
        theirs = taken if problem.errno == errno.EADDRINUSE else ""
        raise DigestError(
            f"port {port} {theirs or f'cannot be opened: {problem.strerror}'}",
            where=f"{host}:{port}",
            hint=hint,
        ) from problem
    return listener
