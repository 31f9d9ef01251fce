"""A mail server that only looks for the final dot: `python smtp_sink.py [--delay SECONDS]`, for benchmarks.

Prints its port, then serves until it is ended. Whatever a client says is answered with the usual reply, all replies
to what came together in one write, `--delay` later. At 70 kB a server that reads line by line, as `smtp-sink` does,
is itself the limit.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import select
import socket
import time
from contextlib import suppress

DOT = b"\r\n.\r\n"
TAIL = 2048
REPLIES = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}
OK = b"250 2.0.0 Ok\r\n"


class Client:
    """One connection: whether a message is being read, and what was begun of a line or of a dot."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.body = False
        self.rest = b""

    def hear(self, octets: memoryview) -> bytes:
        """What is to be answered."""
        out = b""
        if self.body:
            # Only one message is under way, and little stands behind its end: that is where to look.
            end = self.rest + bytes(octets[-TAIL:]) if len(octets) <= TAIL else bytes(octets[-TAIL:])
            at = end.find(DOT)
            if at < 0:
                self.rest = end[-4:]
                return b""
            self.body, self.rest, out = False, b"", b"250 2.0.0 Ok: queued as SINK\r\n"
            said = end[at + len(DOT) :]
        else:
            said = self.rest + bytes(octets)
        lines = said.split(b"\r\n")
        self.rest = lines.pop()
        for line in lines:
            word = line[:4].upper()
            out += REPLIES.get(word, OK)
            self.body |= word == b"DATA"
        if self.body:
            self.rest = b"\r\n"
        return out

    def say(self, answer: bytes) -> None:
        """Answer; a client that hung up is no concern of ours."""
        with suppress(OSError):
            self.sock.send(answer)


def serve(delay: float) -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.setblocking(False)
    print(listener.getsockname()[1], flush=True)
    poll = select.epoll()
    poll.register(listener.fileno(), select.EPOLLIN)
    clients: dict[int, Client] = {}
    later: list[tuple[float, int, Client, bytes]] = []
    order = itertools.count()
    buffer = memoryview(bytearray(1 << 20))
    while True:
        wait = max(later[0][0] - time.monotonic(), 0) if later else -1
        for number, _ in poll.poll(wait):
            if number == listener.fileno():
                sock, _ = listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                clients[sock.fileno()] = Client(sock)
                poll.register(sock.fileno(), select.EPOLLIN)
                client, answer = clients[sock.fileno()], b"220 sink\r\n"
            else:
                client = clients[number]
                try:
                    length = client.sock.recv_into(buffer)
                except OSError:
                    length = 0
                if not length:
                    poll.unregister(number)
                    del clients[number]
                    client.sock.close()
                    continue
                answer = client.hear(buffer[:length])
            if answer and delay:
                heapq.heappush(later, (time.monotonic() + delay, next(order), client, answer))
            elif answer:
                client.say(answer)
        while later and later[0][0] <= time.monotonic():
            _, _, client, answer = heapq.heappop(later)
            client.say(answer)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    serve(parser.parse_args().delay)
