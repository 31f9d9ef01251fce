from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digest.errors import SourceError
from digest.ingest import Answer, CannedFetcher, HttpFetcher, SourceState
from digest.ingest.fetch import HttpRefusal
from digest.settings import Span
from digest.settings.model import Fetch

Reply = tuple[int, dict[str, str], bytes]


class Site:
    """A real server on loopback that answers as `replies` say and remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, Callable[[dict[str, str]], Reply]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers))
                reply = site.replies.get(self.path)
                status, extra, body = reply(headers) if reply else (404, {}, b"")
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    return  # the fetcher hung up on a body that was too long

            def log_message(self, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def front(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def say(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = lambda _: (status, named, body)

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def fetcher(waits: list[float] | None = None, **settings: object) -> HttpFetcher:
    chosen = Fetch(private_addresses=True, timeout=Span.parse("5s"), **settings)  # type: ignore[arg-type]
    return HttpFetcher(chosen, sleep=(waits if waits is not None else []).append)


def test_reads_a_page_and_says_who_asks(site: Site) -> None:
    site.say("/a", b"hello", Content_Type="text/html; charset=ISO-8859-2", ETag='"1"')
    answer = fetcher(user_agent="our desk").get(f"{site.front}/a")
    assert (answer.status, answer.body, answer.charset) == (200, b"hello", "iso-8859-2")
    assert answer.headers["etag"] == '"1"'
    assert site.asked[0][1]["user-agent"] == "our desk"


def test_unpacks_what_is_packed(site: Site) -> None:
    site.say("/a", gzip.compress(b"hello"), Content_Encoding="gzip")
    assert fetcher().get(f"{site.front}/a").body == b"hello"


def test_asks_conditionally_and_understands_not_modified(site: Site) -> None:
    site.replies["/a"] = lambda headers: (
        (304, {}, b"") if headers.get("if-none-match") == '"1"' else (200, {}, b"new")
    )
    state = SourceState('"1"', "Fri, 16 Jan 2026 10:00:00 GMT")
    assert fetcher().get(f"{site.front}/a", state).status == 304
    assert site.asked[0][1]["if-modified-since"] == "Fri, 16 Jan 2026 10:00:00 GMT"
    assert fetcher().get(f"{site.front}/a").body == b"new"


def test_follows_redirects_but_not_for_ever(site: Site) -> None:
    site.say("/a", status=301, Location="/b")
    site.say("/b", b"here")
    answer = fetcher().get(f"{site.front}/a")
    assert (answer.body, answer.url) == (b"here", f"{site.front}/b")
    site.say("/loop", status=302, Location="/loop")
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        fetcher().get(f"{site.front}/loop")


def test_a_redirect_to_another_scheme_is_refused(site: Site) -> None:
    site.say("/a", status=302, Location="file:///etc/passwd")
    with pytest.raises(SourceError, match="no http or https address"):
        fetcher().get(f"{site.front}/a")


def test_a_redirect_to_a_malformed_address_is_refused(site: Site) -> None:
    site.say("/a", status=302, Location="http://[no]/")
    with pytest.raises(SourceError, match=r"cannot be read|malformed"):
        fetcher().get(f"{site.front}/a")


def test_says_by_which_name_it_asks_and_which_status_it_met(site: Site) -> None:
    assert fetcher(user_agent="our desk").agent == "our desk"
    with pytest.raises(HttpRefusal) as caught:
        fetcher().get(f"{site.front}/none")
    assert caught.value.status == 404


def test_tries_again_when_the_server_asks_for_patience(site: Site) -> None:
    left = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), (200, {}, b"at last")]
    site.replies["/a"] = lambda _: left.pop(0)
    waits: list[float] = []
    assert fetcher(waits).get(f"{site.front}/a").body == b"at last"
    assert waits == [7.0, 2.0]


@pytest.mark.parametrize(("status", "words"), [(403, "refuses"), (404, "not there"), (500, "problem of its own")])
def test_other_errors_are_final_and_in_words(site: Site, status: int, words: str) -> None:
    site.say("/a", status=status)
    waits: list[float] = []
    with pytest.raises(SourceError, match=words) as caught:
        fetcher(waits).get(f"{site.front}/a")
    assert caught.value.where == f"{site.front}/a"
    assert waits == []
    assert len(site.asked) == 1


def test_gives_up_after_three_attempts(site: Site) -> None:
    site.say("/a", status=503)
    waits: list[float] = []
    with pytest.raises(SourceError, match="503"):
        fetcher(waits).get(f"{site.front}/a")
    assert len(site.asked) == 3
    assert waits == [1.0, 2.0]


def test_a_server_that_asks_to_wait_long_is_left_alone(site: Site) -> None:
    site.say("/a", status=429, Retry_After="86400")
    waits: list[float] = []
    with pytest.raises(SourceError, match="too often"):
        fetcher(waits).get(f"{site.front}/a")
    assert waits == []


def test_size_is_bounded(site: Site) -> None:
    site.say("/long", b"x" * 200_000)
    site.say("/packed", gzip.compress(b"x" * 5_000_000), Content_Encoding="gzip")
    for path in ("/long", "/packed"):
        with pytest.raises(SourceError, match="larger than"):
            fetcher(max_bytes=100_000).get(f"{site.front}{path}")


def test_time_is_bounded(site: Site) -> None:
    site.say("/a", b"x" * 1000)
    ticks = iter(range(0, 10_000, 100))
    slow = HttpFetcher(Fetch(private_addresses=True), clock=lambda: next(ticks))
    with pytest.raises(SourceError, match="takes longer than 60 s"):
        slow.get(f"{site.front}/a")


def test_nobody_listening_is_tried_again_and_then_said() -> None:
    waits: list[float] = []
    with socket.socket() as unheard:  # bound, but nobody listens
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(SourceError, match="cannot be reached"):
            fetcher(waits).get(f"http://127.0.0.1:{unheard.getsockname()[1]}/a")
    assert len(waits) == 2


def test_private_addresses_are_refused_unless_allowed(site: Site) -> None:
    site.say("/a", b"inside")
    guarded = HttpFetcher(Fetch(), sleep=lambda seconds: None)
    with pytest.raises(SourceError, match="private network") as caught:
        guarded.get(f"{site.front}/a")
    assert "fetch.private_addresses" in (caught.value.hint or "")
    named = HttpFetcher(Fetch(), sleep=lambda seconds: None, look_up=lambda host, port: ["127.0.0.1"])
    with pytest.raises(SourceError, match="private network"):
        named.get("http://news.example/a")
    assert site.asked == []


@pytest.mark.parametrize("url", ["", "/a", "file:///etc/passwd", "ftp://news.example/", "http://"])
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    with pytest.raises(SourceError, match="no http or https address"):
        fetcher().get(url)


def test_canned_answers_behave_as_a_server() -> None:
    canned = CannedFetcher(
        {"https://n.example/": Answer(body=b"x", headers={"etag": "1"}), "https://n.example/gone": Answer(410)}
    )
    assert canned.get("https://n.example/").body == b"x"
    assert canned.get("https://n.example/", SourceState("1")).status == 304
    with pytest.raises(SourceError, match="gone for good"):
        canned.get("https://n.example/gone")
    with pytest.raises(SourceError, match="not known"):
        canned.get("https://other.example/")
    assert [url for url, _ in canned.asked][:2] == ["https://n.example/", "https://n.example/"]
