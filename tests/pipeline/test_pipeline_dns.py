"""Names are asked about through something that can be put in its place."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from digest.pipeline.dns import CannedResolver, DnsResolver, NoAnswer

dns = pytest.importorskip("dns", reason="dnspython is not installed: the machine's resolver was not tried")

ANSWERS = {
    ("news.example.", "TXT"): ['"v=spf1 " "-all"', '"other"'],
    ("news.example.", "MX"): ["20 b.example.", "10 a.example."],
    ("news.example.", "A"): [],
}


@pytest.fixture
def server() -> Iterator[int]:
    """A name server on loopback that knows `ANSWERS`; it fails for `broken.example`."""
    import dns.flags
    import dns.message
    import dns.rcode
    import dns.rdatatype
    import dns.rrset

    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            octets, who = sock.recvfrom(4096)
            if not octets:
                return
            asked = dns.message.from_wire(octets)
            question = asked.question[0]
            name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
            answer: Any = dns.message.make_response(asked)
            answer.flags |= dns.flags.RA
            if name == "broken.example.":
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif not any(known == name for known, _ in ANSWERS):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif texts := ANSWERS.get((name, kind)):
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *texts))
            sock.sendto(answer.to_wire(), who)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(sock.getsockname()[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
        bell.sendto(b"", sock.getsockname())
    thread.join(5)
    sock.close()


def test_the_machines_resolver_reads_records(server: int) -> None:
    resolver = DnsResolver(seconds=5, servers=("127.0.0.1",), port=server)
    assert resolver.ask("news.example", "TXT") == ("other", "v=spf1 -all")
    assert resolver.ask("news.example", "MX") == ("10 a.example", "20 b.example")
    assert resolver.ask("news.example", "A") == ()
    assert resolver.ask("nobody.example", "TXT") == ()
    with pytest.raises(NoAnswer, match=r"broken\.example"):
        resolver.ask("broken.example", "TXT")


def test_given_records() -> None:
    resolver = CannedResolver({("news.example", "TXT"): ("a",)}, silent=("gone.example",))
    assert resolver.ask("NEWS.example", "TXT") == ("a",)
    assert resolver.ask("news.example", "MX") == ()
    with pytest.raises(NoAnswer):
        resolver.ask("gone.example", "A")
