"""Which addresses can be written to, and when two are the same."""

from __future__ import annotations

from email.headerregistry import Address as StandardAddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.audiences import email_key
from digest.readers import Address, BadAddress, normalise


@pytest.mark.parametrize(
    ("text", "email", "key"),
    [
        ("ann@example.org", "ann@example.org", "ann@example.org"),
        ("  Ann.Lee+News@Example.ORG\t", "Ann.Lee+News@example.org", "ann.lee+news@example.org"),
        ("\ufeffann@example.org\u00a0", "ann@example.org", "ann@example.org"),
        ("o'neil@example.co.uk", "o'neil@example.co.uk", "o'neil@example.co.uk"),
        ("!#$%&'*/=?^_`{|}~-@example.org", "!#$%&'*/=?^_`{|}~-@example.org", "!#$%&'*/=?^_`{|}~-@example.org"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@XN--bcher-kva.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@उदाहरण.भारत", "a@xn--p1b6ci4b4b3a.xn--h2brj9c", "a@xn--p1b6ci4b4b3a.xn--h2brj9c"),
        ("root@localhost", "root@localhost", "root@localhost"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
        (f"a@{'b' * 63}.org", f"a@{'b' * 63}.org", f"a@{'b' * 63}.org"),
    ],
)
def test_what_can_be_written_to(text: str, email: str, key: str) -> None:
    assert normalise(text) == Address(email, key)


def test_a_local_part_beyond_ascii_is_marked() -> None:
    assert normalise("Zoe\u0308@example.org") == Address(
        "Zo\u00eb@example.org", "zo\u00eb@example.org", smtputf8=True
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("ann", "no @"),
        ("@example.org", "nothing before"),
        ("ann@", "nothing after"),
        ("ann@lee@example.org", "more than one @"),
        ("Ann Lee <ann@example.org>", "a space"),
        ("<ann@example.org>", "without a name or < >"),
        ("an n@example.org", "a space"),
        ("ann@example.org\r\nBcc: bo@example.org", "a line break"),
        ("ann\x00@example.org", "cannot be seen (U+0000"),
        ("ann\u202e@example.org", "U+202E, right-to-left override"),
        ("ann\u200b@example.org", "U+200B"),
        ("ann@exam\u2028ple.org", "U+2028"),
        (".ann@example.org", "a dot"),
        ("ann.@example.org", "a dot"),
        ("an..n@example.org", "a dot"),
        ('"ann"@example.org', "in quotes"),
        ('"a@b"@example.org', "in quotes"),
        ("ann,bo@example.org", ", cannot stand"),
        ("ann(x)@example.org", "( cannot stand"),
        ("ann@.example.org", "dot cannot begin or end the domain"),
        ("ann@example.org.", "dot cannot begin or end the domain"),
        ("ann@example..org", "dot cannot begin or end the domain"),
        ("ann@example", "no ending"),
        ("ann@exa_mple.org", "no domain name"),
        ("ann@-example.org", "no domain name"),
        ("ann@[192.0.2.1]", "IP number"),
        ("ann@192.0.2.1", "ends in a number"),
        ("ann@xn--a.org", "international domain"),
        ("ann@\u2603\u0301..org", "dot"),
        (f"{'a' * 65}@example.org", "longer than 64 bytes"),
        (f"{'é' * 33}@example.org", "longer than 64 bytes"),
        (f"a@{'b' * 64}.org", "no domain name"),
        (f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.org", "longer than 254 bytes"),
        ("a" * 100_000, "longer than 254"),
        ("a@" + "b." * 50_000, "longer than 254"),
    ],
)
def test_what_cannot(text: str, what: str) -> None:
    with pytest.raises(BadAddress) as caught:
        normalise(text)
    assert what in str(caught.value)


LOCALS = st.text("abzABZ019.+-_'=é", max_size=66)
DOMAINS = st.lists(st.text("abzABZ09-ü", max_size=6), max_size=4).map(".".join)
ANY = st.text(st.sampled_from("aZé1.@-_<>\"' \r\n\x00\u202e,()[]\\"), max_size=30)


@given(st.builds("{}@{}".format, LOCALS, DOMAINS) | ANY | st.text(max_size=40) | st.emails())
def test_whatever_is_given_the_result_is_fit_for_a_header_and_an_envelope(text: str) -> None:
    try:
        address = normalise(text)
    except BadAddress:
        return
    local, at, domain = address.email.partition("@")
    assert at
    assert "@" not in domain
    assert domain.isascii()
    assert domain == domain.lower()
    assert not any(sign in address.email for sign in '\r\n\0 <>,;:"')
    assert address.email.isprintable()
    assert len(local.encode()) <= 64
    assert len(address.email.encode()) <= 254
    assert address.smtputf8 == (not local.isascii())
    assert normalise(address.email) == address
    assert email_key(address.email) == address.key
    assert normalise(address.key).key == address.key
    if local.isascii():
        assert StandardAddress(addr_spec=address.email).addr_spec == address.email


@given(st.emails())
def test_capitals_make_no_difference_to_identity(text: str) -> None:
    try:
        key = normalise(text).key
    except BadAddress:
        return
    assert normalise(text.swapcase()).key == key
