"""Ask the addresses of a mail whether they are there: each once, a host's one after the other, hosts side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from digest.check import Finding, Seen, check_answers, to_ask
from digest.errors import SourceError
from digest.ingest import Fetcher, HttpFetcher
from digest.models.edition import Rendering
from digest.settings.model import Fetch

HOSTS = 8
_STATUS = re.compile(r"\(HTTP (\d{3})\)")
NewFetcher = Callable[[], Fetcher]


def online_findings(
    renderings: Mapping[str, Rendering], settings: Fetch, new_fetcher: NewFetcher | None = None
) -> dict[str, tuple[Finding, ...]]:
    """What the links and pictures of the variants answer, by segment. This talks to other people's servers."""
    urls = dict.fromkeys(url for rendering in renderings.values() for url in to_ask(rendering))
    answers = ask(urls, new_fetcher or (lambda: HttpFetcher(settings)))
    return {name: check_answers(rendering, answers) for name, rendering in renderings.items()}


def ask(urls: Iterable[str], new_fetcher: NewFetcher) -> dict[str, Seen]:
    """What each address answers, by address. A fetcher is made for each host."""
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(_host(url), []).append(url)
    with ThreadPoolExecutor(HOSTS) as pool:
        answered = pool.map(lambda group: _ask_host(group, new_fetcher()), by_host.values())
        return {url: seen for answers in answered for url, seen in answers.items()}


def _ask_host(urls: Iterable[str], fetcher: Fetcher) -> dict[str, Seen]:
    return {url: _ask(url, fetcher) for url in urls}


def _ask(url: str, fetcher: Fetcher) -> Seen:
    try:
        answer = fetcher.get(url)
    except SourceError as problem:
        status = _STATUS.search(problem.what)
        return Seen(int(status[1]) if status else None, problem=problem.what)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Seen(answer.status, answer.url, len(answer.body), kind)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
