import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.address.mailbox import AddressError, clean_line, parse_mailbox, wire_address


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("ann@news.example", "ann@news.example"),
        ("o'neil+tag=1@a-b.example", "o'neil+tag=1@a-b.example"),
        ('"ann b"@news.example', '"ann b"@news.example'),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_addresses_as_they_go_over_the_wire(written: str, wire: str) -> None:
    assert wire_address(written) == wire


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "no @"),
        ("ann", "no @"),
        ("@news.example", "no @"),
        ("ann@", "no @"),
        ("жанна@news.example", "SMTPUTF8"),
        ("a" * 65 + "@news.example", "64"),
        ("ann@" + "a." * 130 + "example", "254"),
        ("ann b@news.example", "before the @"),
        ("ann.@news.example", "before the @"),
        ("ann@b@news.example", "before the @"),
        ("ann@news_paper.example", "after the @"),
        ("ann@-a.example", "after the @"),
        ("ann@news..example", "after the @"),
        ("ann@[127.0.0.1]", "after the @"),
        ("ann@news.example>", "after the @"),
        ("ann@news.example\r\nRCPT TO:<x@y.example>", "before the @"),
        ("ann@news.example\r\nDATA", "after the @"),
        ("ann\r\n@news.example", "before the @"),
        ("ann\x00@news.example", "before the @"),
        ("ann@ü\u2028.example", "after the @"),
    ],
)
def test_what_no_mail_can_be_written_to(address: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason):
        wire_address(address)


@given(st.text(max_size=60))
def test_whatever_comes_in_only_a_plain_address_comes_out(text: str) -> None:
    try:
        wire = wire_address(text)
    except AddressError:
        return
    assert wire.isascii()
    assert wire.isprintable()
    assert "@" in wire
    assert "<" not in wire.rpartition("@")[2]


@given(st.text(max_size=300))
def test_a_cleaned_line_is_one_line_that_can_be_encoded(text: str) -> None:
    line = clean_line(text, 100)
    line.encode()
    assert len(line) <= 100
    assert not any(ord(character) < 32 or character in "\x7f\x85\u2028\u2029\u202e" for character in line)
    assert line == " ".join(line.split())


def test_joiners_that_scripts_need_are_kept() -> None:
    assert clean_line("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("The Ledger <hello@news.example>", "The Ledger", "hello@news.example"),
        ('"Ledger, The \\"old\\" one" <hello@news.example>', 'Ledger, The "old" one', "hello@news.example"),
        ("hello@news.example", "", "hello@news.example"),
        ("<hello@news.example>", "", "hello@news.example"),
        ("A\r\nBcc: x <hello@news.example>", "A Bcc: x", "hello@news.example"),
    ],
)
def test_mailboxes_of_settings(text: str, name: str, address: str) -> None:
    mailbox = parse_mailbox(text)
    assert (mailbox.name, mailbox.address) == (name, address)
    assert mailbox.domain == "news.example"
