import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.send.smtp_parser import MAX_LINE, LostError, ReplyParser
from digest.send.smtp_replies import Reply

SAID = b"220 hello\r\n250-relay\r\n250-SIZE 1000\r\n250 HELP\n354 go on\r\n250 2.0.0 Ok: queued as A1\r\n421\r\n"


def heard(*parts: bytes) -> list[Reply]:
    parser = ReplyParser()
    return [reply for part in parts for reply in parser.feed(part)]


@given(st.lists(st.integers(0, len(SAID)), max_size=8))
def test_replies_are_the_same_however_they_arrive(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(SAID)]
    parts = [SAID[a:b] for a, b in zip(edges, edges[1:], strict=False)]  # noqa: RUF007
    replies = heard(*parts)
    assert [reply.code for reply in replies] == [220, 250, 354, 250, 421]
    assert replies[1].lines == ("relay", "SIZE 1000", "HELP")
    assert replies[3].status == "2.0.0"


@pytest.mark.parametrize(
    "octets",
    [
        b"hello\r\n",
        b"25\r\n",
        b"250x\r\n",
        b"199 no\r\n",
        b"600 no\r\n",
        b"250-a\r\n251 b\r\n",
        b"\r\n",
        b"\xff\xfe\xfd\r\n",
        b"250 " + b"x" * MAX_LINE + b"\r\n",
        b"250 " + b"x" * MAX_LINE,
        b"250-x\r\n" * 300,
    ],
)
def test_what_is_no_reply_is_an_end(octets: bytes) -> None:
    with pytest.raises(LostError):
        heard(octets)


@given(st.binary(max_size=200))
def test_no_octets_do_harm(octets: bytes) -> None:
    try:
        replies = heard(octets)
    except LostError:
        return
    assert all(200 <= reply.code <= 599 for reply in replies)
