"""What receivers find about the newsroom's mail, from records that are given."""

from __future__ import annotations

import base64
from dataclasses import replace
from ipaddress import ip_address

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from digest.pipeline.dns import CannedResolver, Kind
from digest.pipeline.mail_names import Named
from digest.pipeline.mail_records import dkim_record, examine_records

RECORD = "v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(range(32))).decode()
NAMED = Named("news.example", "bounce.news.example", ("mail.news.example",), (), ("news.example", "s1", RECORD))
Records = dict[tuple[str, Kind], tuple[str, ...]]
GOOD: Records = {
    ("mail.news.example", "A"): ("8.8.4.4",),
    ("bounce.news.example", "TXT"): ("v=spf1 ip4:8.8.4.0/24 -all", "something else"),
    ("bounce.news.example", "MX"): ("10 mail.news.example",),
    ("s1._domainkey.news.example", "TXT"): (RECORD,),
    ("_dmarc.news.example", "TXT"): ("v=DMARC1; p=quarantine; rua=mailto:d@news.example",),
    ("4.4.8.8.in-addr.arpa", "PTR"): ("mail.news.example",),
}


def found(
    changes: Records | None = None, named: Named = NAMED, silent: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """(state, what and fix) of everything that is not well."""
    resolver = CannedResolver(GOOD | (changes or {}), silent)
    return [(one.state, f"{one.what} → {one.fix}") for one in examine_records(named, resolver) if one.state != "ok"]


def test_all_is_well() -> None:
    assert found() == []
    assert len(list(examine_records(NAMED, CannedResolver(GOOD)))) == 6


@pytest.mark.parametrize(
    ("name", "kind", "records", "state", "words"),
    [
        ("bounce.news.example", "TXT", (), "problem", 'add: bounce.news.example. TXT "v=spf1 ip4:8.8.4.4 -all"'),
        ("bounce.news.example", "TXT", ("v=spf1 -all", "v=spf1 mx -all"), "problem", "2 SPF records"),
        (
            "bounce.news.example",
            "TXT",
            ("v=spf1 +all",),
            "problem",
            'change to: bounce.news.example. TXT "v=spf1 -all"',
        ),
        ("bounce.news.example", "TXT", ("v=spf1 mx/33 nonsense:x -all",), "problem", "unknown word"),
        (
            "bounce.news.example",
            "TXT",
            ("v=spf1 ip4:192.0.2.1 ~all",),
            "warning",
            'change to: bounce.news.example. TXT "v=spf1 ip4:192.0.2.1 ip4:8.8.4.4 ~all"',
        ),
        ("bounce.news.example", "TXT", ("v=spf1 ip4:192.0.2.1 -all",), "problem", "does not name 8.8.4.4"),
        ("s1._domainkey.news.example", "TXT", (), "problem", f'add: s1._domainkey.news.example. TXT "{RECORD}"'),
        ("s1._domainkey.news.example", "TXT", ("v=DKIM1; p=",), "problem", "was withdrawn"),
        ("s1._domainkey.news.example", "TXT", ("v=DKIM1; k=ed25519; p=AAAA",), "problem", "not the one that signs"),
        ("s1._domainkey.news.example", "TXT", (RECORD + "; t=y:s",), "warning", "only being tested"),
        ("_dmarc.news.example", "TXT", (), "problem", 'add: _dmarc.news.example. TXT "v=DMARC1; p=none; rua='),
        ("_dmarc.news.example", "TXT", ("v=DMARC1; p=none",), "warning", "reports go nowhere"),
        ("_dmarc.news.example", "TXT", ("v=DMARC1; sp=none",), "problem", "has no policy"),
        ("4.4.8.8.in-addr.arpa", "PTR", (), "problem", "add: 4.4.8.8.in-addr.arpa. PTR mail.news.example."),
        ("4.4.8.8.in-addr.arpa", "PTR", ("x.isp.example",), "problem", "add: x.isp.example. A 8.8.4.4"),
        ("bounce.news.example", "MX", (), "problem", "add: bounce.news.example. MX 10 mail.bounce.news.example."),
        ("bounce.news.example", "MX", ("0 ",), "problem", "takes no mail"),
        ("bounce.news.example", "MX", ("10 gone.example",), "problem", "add: gone.example. A"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else None,
)
def test_what_is_missing_is_named_with_the_record_to_add(
    name: str, kind: Kind, records: tuple[str, ...], state: str, words: str
) -> None:
    problems = found({(name, kind): records})
    assert [(one, words in text) for one, text in problems] == [(state, True)], problems


def test_the_policy_of_a_domain_above_counts_and_bounces_below_it_are_aligned() -> None:
    named = replace(NAMED, sender="letters.news.example", dkim=None)
    states = [state for state, _ in found({}, named)]
    assert states == ["skipped"]


def test_neither_signature_nor_return_address_speaks_for_from() -> None:
    named = replace(NAMED, bounces="other.example", dkim=("third.example", "s1", RECORD))
    changes: Records = {
        ("other.example", "TXT"): ("v=spf1 a:mail.news.example -all",),
        ("other.example", "MX"): ("10 mail.news.example",),
        ("s1._domainkey.third.example", "TXT"): (RECORD,),
    }
    [(state, text)] = found(changes, named)
    assert state == "problem"
    assert "aligned neither" in text


def test_strict_alignment_wants_the_very_domain() -> None:
    strict: Records = {
        ("_dmarc.news.example", "TXT"): ("v=DMARC1; p=reject; adkim=s; aspf=s",),
        ("s1._domainkey.mail.news.example", "TXT"): (RECORD,),
    }
    assert found(strict) == []
    [(state, text)] = found(strict, replace(NAMED, dkim=("mail.news.example", "s1", RECORD)))
    assert (state, "aligned neither" in text) == ("problem", True)


def test_what_nobody_answers_about_is_not_looked_at() -> None:
    everything = {name for name, _ in GOOD} | {"_dmarc.example"}
    problems = found(silent=tuple(everything))
    assert [state for state, _ in problems] == ["skipped"] * 5
    assert all("was not looked at" in text for _, text in problems)


def test_a_relay_on_this_machine_leaves_the_address_open_until_it_is_given() -> None:
    here = replace(NAMED, hosts=("localhost", "10.0.0.7"))
    problems = found({}, here)
    assert [state for state, _ in problems] == ["skipped", "skipped"]
    assert all("--from-address" in text for _, text in problems)
    assert found({}, replace(here, addresses=(ip_address("8.8.4.4"),))) == []


def test_sendgrid_needs_its_key_and_a_policy() -> None:
    named = Named("news.example", "news.example", sendgrid=True)
    [(state, text)] = found({("s1._domainkey.news.example", "TXT"): ()}, named)
    assert (state, "s1._domainkey" in text) == ("problem", True)
    assert found({("s1._domainkey.news.example", "CNAME"): ("s1.u1.wl.sendgrid.net",)}, named) == []


@pytest.mark.parametrize("bits", [0, 1024, 2048])
def test_the_record_of_a_key_is_the_one_that_is_wanted(bits: int) -> None:
    key = rsa.generate_private_key(65537, bits) if bits else ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    record = dkim_record(pem)
    problems = found(
        {("s1._domainkey.news.example", "TXT"): (record,)}, replace(NAMED, dkim=("news.example", "s1", record))
    )
    assert [state for state, _ in problems] == (["warning"] if bits == 1024 else [])
