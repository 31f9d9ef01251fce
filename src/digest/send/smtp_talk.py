"""One conversation: lines out, replies in, each awaited; later the same replies are handed to a listener."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from digest.send.smtp_parser import LostError, ReplyParser
from digest.send.smtp_replies import Reply
from digest.send.smtp_stream import Stream


class Talk:
    """A stream with its replies parsed. `timeout` is for each whole reply, in seconds."""

    def __init__(self, stream: Stream, timeout: float) -> None:
        self.stream = stream
        self._timeout = timeout
        self._parser = ReplyParser()
        self._replies: deque[Reply] = deque()
        self._why = ""
        self._waiter: asyncio.Future[None] | None = None
        self._on_reply: Callable[[Reply], None] | None = None
        self._on_lost: Callable[[str], None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing was said that has not been heard."""
        return self._parser.idle and not self._replies

    def listen(self) -> None:
        """Begin to hear."""
        self.stream.listen(self._heard, self._lost)

    def resume(self) -> None:
        """Hear again after TLS began."""
        self.stream.resume()

    def hand_over(self, on_reply: Callable[[Reply], None], on_lost: Callable[[str], None]) -> None:
        """From now on each reply goes to `on_reply`, and the end to `on_lost`."""
        self._on_reply, self._on_lost = on_reply, on_lost
        while self._replies:
            on_reply(self._replies.popleft())
        if self._why:
            on_lost(self._why)

    async def command(self, text: str) -> Reply:
        """Say one line and hear the reply.

        Raises:
            LostError: the line broke or the time is up.
            ValueError: the text holds a line break or NUL, which would be a second command.
        """
        if any(character in text for character in "\r\n\0"):
            raise ValueError("a command of two lines")
        self.stream.queue([text.encode("utf-8") + b"\r\n"])
        self.stream.flush()
        return await self.reply()

    async def reply(self) -> Reply:
        """The next reply, whole.

        Raises:
            LostError: the line broke, the time is up, or it is no SMTP reply.
        """
        try:
            async with asyncio.timeout(self._timeout):
                while not self._replies:
                    if self._why:
                        raise LostError(self._why)
                    self._waiter = asyncio.get_running_loop().create_future()
                    await self._waiter
        except TimeoutError as late:
            raise LostError("the server did not answer in time") from late
        return self._replies.popleft()

    def close(self) -> None:
        """Hang up at once. Never fails."""
        self.stream.close()

    def _heard(self, octets: bytes) -> None:
        try:
            for reply in self._parser.feed(octets):
                if self._on_reply is not None:
                    self._on_reply(reply)
                else:
                    self._replies.append(reply)
        except LostError as lost:
            self.stream.close()
            self._lost(str(lost))
        self._wake()

    def _lost(self, why: str) -> None:
        self._why = why
        if self._on_lost is not None:
            self._on_lost(why)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
