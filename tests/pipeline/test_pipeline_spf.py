"""SPF as a receiver evaluates it (RFC 7208)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from digest.pipeline.dns import CannedResolver, Kind
from digest.pipeline.spf import MAX_QUESTIONS, judge

RECORDS: dict[tuple[str, Kind], tuple[str, ...]] = {
    ("net.example", "TXT"): ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",),
    ("a.example", "TXT"): ("v=spf1 a a:host.example/30 ~all",),
    ("a.example", "A"): ("198.51.100.1",),
    ("host.example", "A"): ("203.0.113.4",),
    ("mx.example", "TXT"): ("v=spf1 mx ?all",),
    ("mx.example", "MX"): ("10 host.example", "20 none.example"),
    ("in.example", "TXT"): ("v=spf1 include:net.example include:a.example -all",),
    ("re.example", "TXT"): ("v=spf1 redirect=net.example",),
    ("open.example", "TXT"): ("v=spf1 exp=why.example ip4:192.0.2.9",),
    ("lost.example", "TXT"): ("v=spf1 include:nobody.example -all",),
    ("astray.example", "TXT"): ("v=spf1 redirect=nobody.example",),
    ("twice.example", "TXT"): ("v=spf1 -all", "V=SPF1 mx -all"),
    ("other.example", "TXT"): ("v=spf10 -all",),
    ("loop.example", "TXT"): ("v=spf1 include:loop.example -all",),
    ("long.example", "TXT"): ("v=spf1 " + "a:host.example " * (MAX_QUESTIONS + 1) + "-all",),
    ("odd.example", "TXT"): ("v=spf1 ip4:192.0.2.300 -all",),
}


@pytest.mark.parametrize(
    ("domain", "address", "result"),
    [
        ("net.example", "192.0.2.77", "pass"),
        ("net.example", "2001:db8::1", "pass"),
        ("net.example", "198.51.100.1", "fail"),
        ("a.example", "198.51.100.1", "pass"),
        ("a.example", "203.0.113.6", "pass"),
        ("a.example", "203.0.113.9", "softfail"),
        ("mx.example", "203.0.113.4", "pass"),
        ("mx.example", "203.0.113.5", "neutral"),
        ("in.example", "203.0.113.4", "pass"),
        ("in.example", "203.0.113.200", "fail"),
        ("re.example", "192.0.2.1", "pass"),
        ("re.example", "203.0.113.200", "fail"),
        ("open.example", "192.0.2.1", "neutral"),
        ("nobody.example", "192.0.2.1", "none"),
        ("other.example", "192.0.2.1", "none"),
        ("lost.example", "192.0.2.1", "broken"),
        ("astray.example", "192.0.2.1", "broken"),
        ("twice.example", "192.0.2.1", "broken"),
        ("loop.example", "192.0.2.1", "broken"),
        ("long.example", "192.0.2.1", "broken"),
        ("odd.example", "192.0.2.1", "broken"),
    ],
)
def test_what_a_receiver_finds(domain: str, address: str, result: str) -> None:
    judged = judge(CannedResolver(RECORDS), domain, ip_address(address))
    assert judged.result == result
    assert bool(judged.why) is (result == "broken")


def test_questions_are_counted() -> None:
    assert judge(CannedResolver(RECORDS), "in.example", ip_address("203.0.113.200")).questions == 4
