"""An IMAP server on loopback for tests (the part of RFC 3501 that a reader of a mailbox uses)."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class LocalImap:
    """A running server with one folder. `mails` and their `flags` are by number; with `keywords` it keeps any flag.
    `deaf` commands are answered NO. `asked` lists what was asked."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    folder: str = "INBOX"
    password: str = "right"
    keywords: bool = True
    deaf: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def put(self, *mails: bytes) -> None:
        """Lay mails into the folder."""
        for mail in mails:
            self.mails[len(self.mails) + 1] = mail
            self.flags[len(self.mails)] = set()


@contextmanager
def local_imap() -> Iterator[LocalImap]:
    """Run a server until the end of the block."""
    imap = LocalImap()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            self.say("* OK ready")
            while line := self.rfile.readline(10_000).decode("latin-1").strip():
                tag, _, rest = line.partition(" ")
                imap.asked.append(re.sub(r"(?i)^(login \S+) .*", r"\1", rest))
                if not self.answer(tag, rest):
                    return

        def say(self, text: str) -> None:
            self.wfile.write(text.encode("latin-1") + b"\r\n")

        def answer(self, tag: str, rest: str) -> bool:
            words = rest.split(" ")
            name = words[1].upper() if words[0].upper() == "UID" else words[0].upper()
            good = name not in imap.deaf
            if name == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif name == "LOGIN":
                good = rest.endswith(f'"{imap.password}"')
            elif name == "SELECT":
                good = rest.partition(" ")[2] == f'"{imap.folder}"'
                extra = r" \*" if imap.keywords else ""
                self.say(f"* {len(imap.mails)} EXISTS")
                self.say(rf"* OK [PERMANENTFLAGS (\Seen \Flagged{extra})] kept")
            elif name == "SEARCH" and good:
                without = words[3] if words[2] == "UNKEYWORD" else r"\Seen"
                self.say(f"* SEARCH {' '.join(str(n) for n in sorted(imap.mails) if without not in imap.flags[n])}")
            elif name == "FETCH" and good:
                number, most = int(words[2]), int(re.findall(r"<0\.(\d+)>", rest)[0])
                octets = imap.mails[number][:most]
                self.wfile.write(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(octets)}}}\r\n".encode())
                self.wfile.write(octets + b")\r\n")
            elif name == "STORE" and good:
                imap.flags[int(words[2])] |= set(re.findall(r"[\\$\w]+", rest.partition("(")[2]))
            elif name == "LOGOUT":
                self.say("* BYE")
            self.say(f"{tag} {'OK' if good else 'NO'} done")
            return name != "LOGOUT"

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    imap.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield imap
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
