"""Links are asked politely: each once, and what a server says comes back as a finding."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from digest.check import of_html
from digest.ingest import Answer, CannedFetcher
from digest.pipeline.online import ask, online_findings
from digest.settings.model import Fetch

asked: Counter[str] = Counter()


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked[self.path] += 1
        status = {"/gone": 410, "/moved": 301}.get(self.path, 200)
        self.send_response(status)
        self.send_header("Content-Type", "image/png" if self.path.endswith(".png") else "text/html; charset=utf-8")
        if status == 301:
            self.send_header("Location", "/new-home")
        body = b"x" * (300_000 if self.path.endswith(".png") else 3)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Silent."""


@pytest.fixture
def site() -> Iterator[str]:
    asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_links_and_pictures_are_asked_over_the_wire(site: str) -> None:
    html = (
        f'<p><a href="{site}/fine">Fine</a> <a href="{site}/gone">Gone</a> <a href="{site}/moved">Moved</a>'
        f'<a href="{site}/gone">Gone again</a><img src="{site}/heavy.png" alt="" width="9"></p>'
    )
    rendering = of_html(html)
    renderings = {"one": rendering, "two": rendering}
    found = online_findings(renderings, replace(Fetch(), private_addresses=True))
    assert [(f.id, f.level) for f in found["one"]] == [
        ("link.dead", "error"),
        ("link.dead", "error"),
        ("img.bytes", "warning"),
        ("link.moved", "info"),
    ]
    assert found["two"] == found["one"]
    assert asked == {"/fine": 1, "/gone": 1, "/moved": 1, "/new-home": 1, "/heavy.png": 1}


def test_a_machine_of_ones_own_is_not_asked(site: str) -> None:
    seen = online_findings({"one": of_html(f'<a href="{site}/fine">Fine</a>')}, Fetch())
    assert [(f.id, f.level) for f in seen["one"]] == [("link.dead", "warning")]
    assert not asked


def test_a_host_gets_one_fetcher_and_its_questions_in_turn() -> None:
    made: list[CannedFetcher] = []

    def new() -> CannedFetcher:
        made.append(CannedFetcher({"https://a.news/1": Answer(200, b"abc"), "https://a.news/2": Answer(500)}))
        return made[-1]

    answers = ask(["https://a.news/1", "https://b.news/1", "https://a.news/2"], new)
    assert [answers[url].status for url in sorted(answers)] == [200, 500, None]
    assert sorted(len(fetcher.asked) for fetcher in made) == [1, 2]
