"""Read one address politely and safely: bounded in size, time, redirects and retries, and conditional (RFC 9110)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

from digest.errors import SourceError
from digest.ingest.addresses import Resolve, guarded_transport, resolve
from digest.ingest.hostpace import HostPace
from digest.ingest.links import is_web
from digest.ingest.report import SourceState
from digest.ingest.unpacking import offered, unpacked_stream
from digest.settings.model import Fetch

if TYPE_CHECKING:
    import httpx

REDIRECTS = 5
ATTEMPTS = 3
_RETRIED = frozenset({429, 502, 503, 504})
_LONGEST_WAIT = 30.0
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/html;q=0.8, */*;q=0.5"
)
_FIRST_TIME = SourceState()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered. `url` is where the answer came from in the end, header names are in lower case,
    `body` is unpacked."""

    status: int = 200
    body: bytes = b""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def charset(self) -> str | None:
        """The charset of the Content-Type header, if it names one."""
        _, found, rest = self.headers.get("content-type", "").lower().partition("charset=")
        return rest.split(";")[0].strip(" \"'") or None if found else None


class HttpRefusal(SourceError):
    """An answer that is none, with its HTTP status."""

    def __init__(self, status: int, what: str, *, where: str) -> None:
        super().__init__(what, where=where)
        self.status = status


class Fetcher(Protocol):
    """Reads an address."""

    def get(self, url: str, state: SourceState = _FIRST_TIME) -> Answer:
        """The answer: 200 with a body, or 304 when `state` is still current.

        Raises:
            SourceError: there is no such answer, for any reason, in words.
        """
        ...


class CannedFetcher:
    """Answers from a mapping, for tests and rehearsals. It honours ETag and Last-Modified as a server does."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = dict(answers)
        self.asked: list[tuple[str, SourceState]] = []

    def get(self, url: str, state: SourceState = _FIRST_TIME) -> Answer:
        """The canned answer of `url`.

        Raises:
            SourceError: there is none, or its status is an error.
        """
        self.asked.append((url, state))
        answer = self._answers.get(url)
        if answer is None:
            raise SourceError("the name of this host is not known", where=url)
        if answer.status not in (200, 304):
            raise refusal(answer.status, url)
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        if (etag and etag == state.etag) or (not etag and modified and modified == state.last_modified):
            return Answer(304, b"", url, answer.headers)
        return Answer(answer.status, answer.body, answer.url or url, answer.headers)


class HttpFetcher:
    """Reads addresses over HTTP. `client`, `sleep` and `look_up` are passed in by tests; without a `client` one is
    made at the first use, which connects to public addresses only unless `settings.private_addresses`. `pace` is that
    of the pages which nobody configured; it is kept by `PoliteFetcher`."""

    def __init__(
        self,
        settings: Fetch,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        look_up: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._client = client
        self._sleep = sleep
        self._look_up = look_up
        self._clock = clock
        self._making = threading.Lock()
        self.pace = HostPace(sleep=sleep, clock=clock)

    @property
    def agent(self) -> str:
        """The User-Agent that is sent (RFC 9110, 10.1.5)."""
        return self._settings.user_agent

    def get(self, url: str, state: SourceState = _FIRST_TIME) -> Answer:
        """The answer of `url`, after up to 5 redirects and 3 attempts.

        Raises:
            SourceError: see `Fetcher.get`.
        """
        import httpx

        if not is_web(url):
            raise SourceError("is no http or https address", where=url)
        for attempt in range(1, ATTEMPTS + 1):
            wait = 2.0**attempt / 2
            try:
                answer = self._follow(url, state)
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                if attempt == ATTEMPTS:
                    raise SourceError("the server cannot be reached", where=url, hint=_said(problem)) from problem
            except httpx.TimeoutException as problem:
                raise SourceError(f"no answer within {self._settings.timeout.text}", where=url) from problem
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
                raise SourceError("the answer cannot be read", where=url, hint=_said(problem)) from problem
            except SourceError as problem:
                raise SourceError(problem.what, where=problem.where or url, hint=problem.hint) from problem
            else:
                if answer.status in (200, 304):
                    return answer
                if answer.status not in _RETRIED or attempt == ATTEMPTS:
                    raise refusal(answer.status, url)
                wait = _asked_wait(answer.headers.get("retry-after")) or wait
                if wait > _LONGEST_WAIT:
                    raise refusal(answer.status, url)
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, url: str, state: SourceState) -> Answer:
        for _ in range(REDIRECTS + 1):
            answer = self._once(url, state)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            try:
                url = urljoin(url, target)
            except ValueError as problem:
                raise SourceError("redirects to an address that is malformed") from problem
            if not is_web(url):
                raise SourceError("redirects to something that is no http or https address")
        raise SourceError(f"redirects more than {REDIRECTS} times", hint="use the address it ends at")

    def _once(self, url: str, state: SourceState) -> Answer:
        headers = {"User-Agent": self._settings.user_agent, "Accept": _ACCEPT, "Accept-Encoding": offered()}
        if state.etag:
            headers["If-None-Match"] = state.etag
        if state.last_modified:
            headers["If-Modified-Since"] = state.last_modified
        with self._ready().stream("GET", url, headers=headers, follow_redirects=False) as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            body = self._bounded(response) if response.status_code == 200 else b""
            return Answer(response.status_code, body, url, MappingProxyType(found))

    def _bounded(self, response: httpx.Response) -> bytes:
        """The body, counted while it is unpacked: neither a long nor a tightly packed one fills the memory."""
        seconds = 3 * self._settings.timeout.seconds
        deadline = self._clock() + seconds
        pieces: list[bytes] = []
        packing = response.headers.get("content-encoding", "")
        for piece in unpacked_stream(response.iter_raw(), packing, self._settings.max_bytes):
            if self._clock() > deadline:
                raise SourceError(f"takes longer than {seconds} s to arrive")
            pieces.append(piece)
        return b"".join(pieces)

    def _ready(self) -> httpx.Client:
        import httpx

        with self._making:
            if self._client is None:
                guarded = None if self._settings.private_addresses else guarded_transport(self._look_up)
                self._client = httpx.Client(
                    transport=guarded,
                    timeout=self._settings.timeout.seconds,
                    limits=httpx.Limits(max_keepalive_connections=0),
                    trust_env=guarded is None,
                )
            return self._client


def refusal(status: int, url: str) -> HttpRefusal:
    """An HTTP status that is no answer, as an error in words."""
    words = {401: "asks for a password", 403: "refuses to answer us", 404: "is not there", 410: "is gone for good",
             429: "says that we ask too often"}  # fmt: skip
    what = words.get(status) or (
        "the server has a problem of its own" if status >= 500 else "does not answer as asked"
    )
    return HttpRefusal(status, f"{what} (HTTP {status})", where=url)


def _asked_wait(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else None


def _said(problem: BaseException) -> str | None:
    return str(problem)[:200] or None
