"""Where everything of the archive lies, relative to the publication's address: for links, routes and files alike."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

LIST = "archive/"
LATEST = "latest"
ATOM, RSS, SITEMAP, SHEET = "archive/feed.atom", "archive/feed.rss", "archive/sitemap.xml", "archive/archive.css"


def issue(edition: str) -> str:
    """The page of an edition, for example `archive/daily/2026-11-24/`."""
    return f"{LIST}{quote(edition)}/"


def topic(name: str) -> str:
    """The page of a topic."""
    return f"{LIST}topic/{quote(name)}/"


@dataclass(frozen=True, slots=True)
class Places:
    """Full addresses (`base`, for feeds and canonical links) and those on the same site (`prefix`)."""

    base: str
    prefix: str = ""

    def full(self, place: str) -> str:
        """The address that everybody can use."""
        return f"{self.base.rstrip('/')}/{place}"

    def here(self, place: str) -> str:
        """The address from another page of the site."""
        return f"{self.prefix}/{place}"
