"""Signs what SMTP sends, between writing a message and sending it, in more processes when that is worth it."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from itertools import islice
from types import TracebackType
from typing import Self

from digest.address.dkim import Signer, finish, load_key, signature
from digest.models.mail import Answer, Delivery, Message
from digest.pipeline.project import Project
from digest.send import Place, Sender

# Starting processes costs about as much as this many signatures.
WORTH = 500
_BATCH = 200
_TOGETHER = 16
_AHEAD = 4


def signed(project: Project, sender: Sender) -> Sender:
    """The sender, with DKIM before it when `[delivery.dkim]` asks for it and it is SMTP.

    Raises:
        ConfigError: the package for it is missing, or the domain or selector is none.
        CredentialsError: the key is missing or cannot be used.
    """
    dkim = project.settings.delivery.dkim
    if dkim is None or sender.name != "smtp":
        return sender
    pem = dkim.key.reveal(project.environ, project.root)
    signer = Signer(dkim.domain, dkim.selector, pem, now=project.clock)
    return SigningSender(sender, signer, processes=(os.cpu_count() or 1) - 1)


class SigningSender:
    """Signs each message, then gives it to the sender that it wraps. `processes` is how many others may help."""

    def __init__(self, sender: Sender, signer: Signer, *, processes: int = 0) -> None:
        self.name = sender.name
        self.leaves = sender.leaves
        self.batch: int = getattr(sender, "batch", _BATCH)
        self._sender = sender
        self._signer = signer
        self._processes = processes if signer.slow else 0
        self._signed = 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._sender.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        self._sender.__exit__(kind, problem, trace)

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """As the wrapped sender."""
        return self._sender.send(self._through(iter(messages)))

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """As the wrapped sender."""
        return self._sender.reconcile(places)

    def _through(self, messages: Iterator[Message]) -> Iterator[Message]:
        while self._processes < 1 or self._signed < WORTH:
            message = next(messages, None)
            if message is None:
                return
            self._signed += 1
            yield self._signer.sign(message)
        if self._pool is None:
            # Not forked: a sender may have threads by now.
            self._pool = ProcessPoolExecutor(self._processes, mp_context=multiprocessing.get_context("spawn"))
        under_way: deque[tuple[list[tuple[Message, bytes]], Future[list[bytes]]]] = deque()
        while True:
            while len(under_way) < _AHEAD * self._processes:
                group = list(islice(messages, _TOGETHER))
                if not group:
                    break
                prepared = [self._signer.prepare(message) for message in group]
                job = self._pool.submit(_sign, self._signer.pem, [data for _, data in prepared])
                under_way.append(
                    ([(message, unsigned) for message, (unsigned, _) in zip(group, prepared, strict=True)], job)
                )
            if not under_way:
                return
            pairs, job = under_way.popleft()
            for (message, unsigned), octets in zip(pairs, job.result(), strict=True):
                yield finish(message, unsigned, octets)


_key = lru_cache(maxsize=1)(load_key)


def _sign(pem: str, data: list[bytes]) -> list[bytes]:
    key = _key(pem)
    return [signature(key, octets) for octets in data]
