import email
import email.policy
import email.utils
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.address.headers import HeaderError, encoded_words, mailbox_field, raw_field, text_field
from digest.address.mailbox import Mailbox, clean_line

LINE = st.text(max_size=300).map(lambda text: clean_line(text, 200))
CONTROLS = ["\r", "\n", "\x00", "\r\n ", "\x1b", "\x7f", "\x0b"]


def parse(octets: bytes) -> EmailMessage:
    message = email.message_from_bytes(octets + b"\r\n", policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def read_mailbox(octets: bytes) -> tuple[str, str]:
    # The older reader of the standard library: the newer one keeps the space between two encoded words of a name,
    # which RFC 2047, section 6.2 says is none.
    raw = email.message_from_bytes(octets + b"\r\n", policy=email.policy.compat32)["To"]
    name, address = email.utils.parseaddr(raw)
    return str(make_header(decode_header(name))), address


def assert_lawful(octets: bytes, width: int = 78) -> None:
    assert octets.isascii()
    assert octets.endswith(b"\r\n")
    lines = octets[:-2].split(b"\r\n")
    for line in lines:
        assert len(line) <= width
        assert b"\r" not in line
        assert b"\n" not in line
        assert line.strip()
    assert all(line.startswith(b" ") for line in lines[1:])


@given(LINE)
def test_a_subject_comes_back_as_it_was(text: str) -> None:
    octets = text_field("Subject", text)
    assert_lawful(octets)
    assert parse(octets)["Subject"] == text


@pytest.mark.parametrize(
    "text",
    [
        "Five things",
        "=?utf-8?q?not_a_word?=",
        "x" * 300,
        " led by a space",
        "two  spaces",
        "tab\tinside",
        "50 % & more",
    ],
)
def test_awkward_subjects_come_back_too(text: str) -> None:
    octets = text_field("Subject", text)
    assert_lawful(octets)
    assert parse(octets)["Subject"] == text


def test_a_plain_subject_stays_readable() -> None:
    assert text_field("Subject", "Five things to know") == b"Subject: Five things to know\r\n"


@given(LINE.filter(bool))
def test_a_display_name_comes_back_and_the_address_is_never_encoded(name: str) -> None:
    octets = mailbox_field("To", Mailbox(name, "ann@news.example"))
    assert_lawful(octets)
    assert octets.endswith(b"<ann@news.example>\r\n")
    assert read_mailbox(octets) == (name, "ann@news.example")


@pytest.mark.parametrize(
    "name", ['Ann "the pen" Lee', "Lee, Ann", "Ann <x@y.example>", "a\\b", "Zoë", "(c)", "a:b;", "=?x?="]
)
def test_names_with_signs_stay_one_name(name: str) -> None:
    assert read_mailbox(mailbox_field("To", Mailbox(name, "ann@news.example"))) == (name, "ann@news.example")


@pytest.mark.parametrize("control", CONTROLS)
def test_line_breaks_and_other_controls_are_refused(control: str) -> None:
    with pytest.raises(HeaderError):
        text_field("Subject", f"a{control}b")
    with pytest.raises(HeaderError):
        raw_field("List-ID", f"<a{control}b>")
    with pytest.raises(HeaderError):
        raw_field(f"X{control}", "y")
    with pytest.raises(HeaderError):
        mailbox_field("To", Mailbox(f"a{control}b", "ann@news.example"))
    with pytest.raises(HeaderError):
        mailbox_field("To", Mailbox("", f"ann{control}@news.example"))


def test_an_address_outside_ascii_is_refused_not_encoded() -> None:
    with pytest.raises(HeaderError, match="not ASCII"):
        mailbox_field("To", Mailbox("", "жанна@news.example"))


def test_a_long_structured_value_is_never_an_encoded_word() -> None:
    url = "<https://news.example/u/" + "t" * 800 + ">"
    octets = raw_field("List-Unsubscribe", url + ",", "<mailto:unsub@news.example>")
    assert_lawful(octets, 998)
    assert b"=?" not in octets
    assert octets == f"List-Unsubscribe: {url},\r\n <mailto:unsub@news.example>\r\n".encode()


@pytest.mark.parametrize("value", ["x" * 999, "é"])
def test_a_structured_value_that_does_not_fit_is_refused(value: str) -> None:
    with pytest.raises(HeaderError):
        raw_field("List-Unsubscribe", value)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=200), st.integers(0, 30))
def test_encoded_words_are_short_and_whole(text: str, column: int) -> None:
    words = encoded_words(text, column)
    assert all(len(word) <= 75 for word in words)
    for word in words:
        subject = parse(f"Subject: {word}\r\n".encode())["Subject"]
        assert "\ufffd" not in subject or "\ufffd" in text
