"""A fetcher for the addresses that a site names and nobody wrote down: it keeps to robots.txt and to a pace.

The addresses in the settings are asked for without either: they are the newsroom's own wish, few, and often feeds
that a robots.txt meant for search engines forbids.
"""

from __future__ import annotations

from digest.errors import SourceError
from digest.ingest.fetch import Answer, Fetcher, HttpFetcher
from digest.ingest.hostpace import HostPace
from digest.ingest.report import SourceState
from digest.ingest.robots import Robots

OUR_NAME = "digest"
_FIRST_TIME = SourceState()


def agent_of(fetch: Fetcher) -> str:
    """By which name `fetch` asks."""
    return fetch.agent if isinstance(fetch, HttpFetcher) else OUR_NAME


class PoliteFetcher:
    """Asks through `fetch`, one page after the other on each host, whichever source they are of.
    Without a `pace`, that of `fetch` is kept; canned
    answers need none."""

    def __init__(self, fetch: Fetcher, pace: HostPace | None = None) -> None:
        self._fetch = fetch
        self._pace = pace or (fetch.pace if isinstance(fetch, HttpFetcher) else HostPace(gap=0.0))
        self._robots = Robots(fetch.get, agent_of(fetch))

    def get(self, url: str, state: SourceState = _FIRST_TIME) -> Answer:
        """The answer of `url`.

        Raises:
            SourceError: see `Fetcher.get`; or the site's robots.txt asks us to stay away from it.
        """
        if not self._robots.allows(url):
            raise SourceError(
                "is not fetched, because the site's robots.txt asks robots like this one to stay away from it",
                where=url,
                hint="ask the publisher for a feed, or name the page itself as a source",
            )
        with self._pace.alone(url):
            self._pace.wait(url)
            return self._fetch.get(url, state)
