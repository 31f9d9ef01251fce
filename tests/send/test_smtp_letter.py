"""Letters are what the plain way makes of a message, however it was cut."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.models.edition import Rendering
from digest.models.mail import Delivery, Message, State
from digest.send.smtp_letter import Desk, Letter

Mail = Callable[..., Message]
PIECE = st.lists(st.sampled_from([b".", b"\r\n", b"x", b"word ", b"\r", b"\n", b"=2E", b"\xc3\xa9"]), max_size=4)


def message(chunks: tuple[bytes, ...]) -> Message:
    variant = Rendering("e", "s", "en", "t", "", "", "", "", (), 0, 0, 0)
    return Message("d1", "e", "s", "a@b.example", "b+d1@b.example", "R@M.example", "", "", (), chunks, variant)


def stuffed(octets: bytes) -> bytes:
    """Line by line, as RFC 5321, section 4.5.2, says it."""
    lines = octets.split(b"\r\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)


@given(st.lists(st.tuples(PIECE, PIECE), min_size=1, max_size=5), PIECE)
def test_dots_are_doubled_wherever_chunks_meet(
    pairs: list[tuple[list[bytes], list[bytes]]], last: list[bytes]
) -> None:
    chunks = [b"".join(piece) for pair in pairs for piece in pair]
    whole = b"".join([*chunks, *last])
    made = Desk().letter(message((*chunks, b"".join(last))))
    if whole.count(b"\r\n") == whole.count(b"\n") == whole.count(b"\r"):
        assert isinstance(made, Letter)
        assert b"".join(made.parts) == (stuffed(whole) if whole else b"\r\n")
        assert made.size == len(whole)
        assert made.seven_bit == whole.isascii()
    else:
        assert isinstance(made, Delivery)
        assert made.state is State.REJECTED


@given(st.lists(PIECE, min_size=3, max_size=3), st.lists(PIECE, min_size=3, max_size=3))
def test_what_is_remembered_of_one_message_does_not_spoil_the_next(
    first: list[list[bytes]], second: list[list[bytes]]
) -> None:
    fixed = (b"Subject: x\r\n", b"\r\n" + b"word " * 20 + b"\r\n.", b"end\r\n")
    desk = Desk()
    for values in (first, second, first):
        chunks = tuple(octets for pair in zip(fixed, map(b"".join, values), strict=True) for octets in pair)[:-1]
        assert desk.letter(message(chunks)) == Desk().letter(message(chunks))


def test_messages_of_a_variant_are_not_copied(mail: Mail) -> None:
    desk = Desk()
    for number in (1, 2):
        made = desk.letter(mail(number))
        assert isinstance(made, Letter)
        assert made.parts == mail(number).chunks
        assert made.domain == "mail.example"


def test_more_variants_than_are_remembered(mail: Mail) -> None:
    desk = Desk()
    base = mail(1)
    for number in range(200):
        chunks = (*base.chunks[:-1], base.chunks[-1] + b"." * number + b"\r\n")
        made = desk.letter(replace(base, chunks=chunks))
        assert isinstance(made, Letter)
        assert b"".join(made.parts) == stuffed(b"".join(chunks))
