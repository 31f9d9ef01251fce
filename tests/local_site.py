"""A web site on loopback for tests: pages, feeds and lists by path, with what each request carried."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from digest.ingest import Answer

Served = Answer | Callable[[Mapping[str, str]], Answer]
HTML = {"content-type": "text/html; charset=utf-8"}


@dataclass
class LocalSite:
    """A running site. `pages` may be filled after the start; `asked` lists path and headers of every request."""

    url: str = ""
    pages: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def give(self, path: str, body: str | bytes, **headers: str) -> None:
        """Serve `body` at `path`; `{url}` in a text is the site's own address."""
        data = body if isinstance(body, bytes) else body.replace("{url}", self.url).encode()
        self.pages[path] = Answer(200, data, "", {key.replace("_", "-"): value for key, value in headers.items()})


@contextmanager
def local_site() -> Iterator[LocalSite]:
    """Run a site until the end of the block."""
    site = LocalSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            served = site.pages.get(self.path) or site.pages.get(self.path.partition("?")[0])
            answer = served(headers) if callable(served) else served or Answer(404)
            status, body = answer.status, answer.body
            etag = answer.headers.get("etag")
            if etag and headers.get("if-none-match") == etag:
                status, body = 304, b""
            self.send_response(status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: a test's output is its failures."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def rss(titles: list[str], when: datetime, language: str = "en", category: str = "World") -> str:
    """An RSS 2.0 feed of stories an hour apart, the first at `when`; `{url}` stands for the site."""
    items = "".join(
        f"<item><title>{title}</title><link>{{url}}/news/{number}</link><category>{category}</category>"
        f"<description>What is known of it, in a sentence or two: {title}.</description>"
        f"<pubDate>{when - timedelta(hours=number):%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
        for number, title in enumerate(titles)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>A feed</title>'
        f"<link>{{url}}/</link><language>{language}</language>{items}</channel></rss>"
    )


def atom(titles: list[str], when: datetime) -> str:
    """The same as Atom (RFC 4287)."""
    entries = "".join(
        f"<entry><title>{title}</title><id>{{url}}/a/{number}</id><link href='{{url}}/a/{number}'/>"
        f"<summary>What is known of it: {title}.</summary><updated>{(when - timedelta(hours=number)).isoformat()}"
        "</updated></entry>"
        for number, title in enumerate(titles)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A feed</title>{entries}</feed>"


def json_feed(titles: list[str], when: datetime) -> str:
    """The same as JSON Feed 1.1."""
    items = [
        {"id": str(n), "url": f"{{url}}/j/{n}", "title": title, "content_text": f"{title}, in a few more words.",
         "date_published": (when - timedelta(hours=n)).isoformat()}
        for n, title in enumerate(titles)
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "A feed", "items": items})


def news_sitemap(titles: list[str], when: datetime) -> str:
    """The same as a news sitemap."""
    entries = "".join(
        f"<url><loc>{{url}}/s/{n}</loc><news:news><news:publication><news:name>Paper</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>"
        f"{(when - timedelta(hours=n)).isoformat()}</news:publication_date><news:title>{title}</news:title>"
        "</news:news></url>"
        for n, title in enumerate(titles)
    )
    return (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{entries}</urlset>"
    )


def posts(titles: list[str], when: datetime) -> str:
    """The same as a list of posts of the WordPress REST API."""
    return json.dumps(
        [
            {
                "id": n,
                "link": f"{{url}}/p/{n}",
                "date_gmt": (when - timedelta(hours=n)).replace(tzinfo=None).isoformat(),
                "title": {"rendered": title},
                "excerpt": {"rendered": f"<p>{title}, in short.</p>"},
                "content": {"rendered": f"<p>{title}, at some more length for those who read on.</p>"},
            }
            for n, title in enumerate(titles)
        ]
    )


def front(head: str = "", body: str = "", language: str = "en", title: str = "Home") -> str:
    """A front page."""
    return (
        f"<!doctype html><html lang='{language}'><head><meta charset='utf-8'><title>{title}</title>{head}</head>"
        f"<body>{body or '<h1>Today</h1><p>What happened.</p>'}</body></html>"
    )
