import socket
from collections.abc import Iterator

import pytest

from digest.send.smtp_line import Line, LostError
from digest.send.smtp_replies import Reply


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def line(sock: socket.socket, *times: float) -> Line:
    ticks = iter(times)
    return Line(sock, 10.0, lambda: next(ticks, 0.0))


def test_a_reply_of_many_lines_is_one_reply(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].sendall(b"250-one\r\n250-two\n250 three\r\n220 next\r\n")
    ours = line(ends[0])
    assert ours.reply() == Reply(250, "", "one two three", ("one", "two", "three"))
    assert ours.spoken_to()
    assert ours.reply().code == 220
    assert not ours.spoken_to()


def test_the_time_is_for_the_whole_reply(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].sendall(b"250-one\r\n250-two\r\n25")
    with pytest.raises(LostError, match="in time"):
        line(ends[0], 0.0, 9.0, 9.9, 10.1).reply()


@pytest.mark.parametrize(
    "octets",
    [b"hello\r\n", b"99 x\r\n", b"999 x\r\n", b"250xx\r\n", b"\r\n", b"250-" + b"x" * 10_000, b"250-a\r\n" * 300],
)
def test_what_is_no_reply_is_a_lost_line(ends: tuple[socket.socket, socket.socket], octets: bytes) -> None:
    ends[1].sendall(octets)
    with pytest.raises(LostError):
        line(ends[0]).reply()


def test_a_line_that_was_hung_up(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].close()
    ours = line(ends[0])
    assert ours.spoken_to()
    with pytest.raises(LostError, match="hung up"):
        ours.reply()
    with pytest.raises(LostError, match="broke"):
        ours.write(b"x")
    ours.close()


@pytest.mark.parametrize("text", ["a\r\nDATA", "a\nb", "a\0b"])
def test_a_command_is_one_line(ends: tuple[socket.socket, socket.socket], text: str) -> None:
    with pytest.raises(ValueError, match="two lines"):
        line(ends[0]).command(text)
