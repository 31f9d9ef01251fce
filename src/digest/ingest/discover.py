"""Find where the stories of a site can be read: its feeds, its WordPress list of posts, its sitemaps. Every address
is asked through the fetcher and read once before it is named, so that what is found also gives something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from digest.errors import SourceError
from digest.ingest.context import Context
from digest.ingest.decode import decoded, unpacked
from digest.ingest.fetch import Answer, Fetcher
from digest.ingest.html.tree import TooDeep, parsed
from digest.ingest.identity import Identity, identity_of
from digest.ingest.links import canonical
from digest.ingest.parse import read
from digest.ingest.polite import agent_of
from digest.ingest.prose import clean
from digest.ingest.robots import Robots
from digest.ingest.sitelinks import feed_anchors, feed_links, wordpress_root
from digest.ingest.sitemap import read_places
from digest.ingest.sniff import Form, sniffed
from digest.models.story import SourceFailure, Story

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_ASKED = 30
MOST_FEEDS = 6
FEED_PATHS = ("/feed", "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json",
              "/feeds/posts/default")  # fmt: skip
SITEMAP_PATHS = ("/sitemap_news.xml", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml",
                 "/sitemap_index.xml")  # fmt: skip
POSTS = "wp/v2/posts?per_page=50&_embed=1"

_JUDGED = 10

SourceKind = Literal["feed", "wordpress", "sitemap"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One source that a site offers. `stories` is how many it gave when asked; of a sitemap without titles, how many
    addresses. `worth` counts bodies, pictures and titles among its first stories."""

    kind: SourceKind
    url: str
    label: str
    stories: int
    worth: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """What was found of a site. `sources` has the best first, the others are other ways to the same stories or parts
    of them; it is empty when there are none. `sections` are its own subjects, most frequent first; `times` those of
    the best source's stories; `evidence` says in words where everything was found."""

    url: str
    name: str
    language: str
    logo: str | None
    colour: str | None
    sources: tuple[Offer, ...]
    sections: tuple[str, ...]
    times: tuple[datetime, ...]
    evidence: tuple[str, ...]


def discover(url: str, fetch: Fetcher) -> Site:
    """What the site at `url` is, and where its stories can be read: link rel=alternate (WHATWG HTML, 4.6.7), the
    WordPress REST API's own link, robots.txt `Sitemap:` lines (sitemaps.org), and the usual paths.

    `url` may also be the address of a feed itself. Asks at most `MOST_ASKED` addresses, none but `url` itself against
    the site's robots.txt.

    Raises:
        SourceError: the address itself cannot be read.
    """
    return _Search(fetch).site(url if "://" in url else f"https://{url}")


class _Search:
    """One search: what was asked and what it gave."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch
        self._asked: set[str] = set()
        self._found: list[tuple[Offer, tuple[Story, ...]]] = []
        self._robots = Robots(self._ask, agent_of(fetch))
        self._unwelcome: list[str] = []

    def site(self, url: str) -> Site:
        answer = self._fetch.get(url)
        self._asked.add(url)
        front = answer.url or url
        if self._is_source(answer):
            self._try_feed(answer, front, "the address given")
            front = urljoin(front, "/")
            home = self._get(front)
            tree = _tree(home) if home else None
        else:
            tree = _tree(answer)
            self._look(tree, front)
        identity = identity_of(tree, front)
        ranked = sorted(self._found, key=lambda pair: -pair[0].worth)
        stories = ranked[0][1] if ranked else ()
        return Site(
            front,
            identity.name,
            identity.language or _spoken(stories) or "en",
            identity.logo,
            identity.colour,
            tuple(offer for offer, _ in ranked),
            _sections(stories),
            tuple(sorted((s.published for s in stories if s.published), reverse=True)),
            (*_evidence(ranked, identity), *(f"not asked, as robots.txt wishes: {url}" for url in self._unwelcome)),
        )

    def _look(self, tree: HtmlElement | None, front: str) -> None:
        for address, label in feed_links(tree, front)[: 2 * MOST_FEEDS]:
            if len(self._found) < MOST_FEEDS and (answer := self._get(address)):
                self._try_feed(answer, address, f"link rel=alternate {label}".strip())
        if not self._found:
            anchors = feed_anchors(tree, front)
            for address in (*anchors, *(urljoin(front, path) for path in FEED_PATHS)):
                answer = self._get(address)
                if answer and self._is_source(answer) and self._try_feed(answer, address, urlsplit(address).path):
                    break
        root = wordpress_root(tree, front) or (None if self._found else urljoin(front, "/wp-json/"))
        if root:
            address = root.rstrip("/") + "/" + (POSTS.replace("?", "&") if "rest_route=" in root else POSTS)
            if answer := self._get(address):
                self._try_posts(answer, address)
        if not self._found:
            self._look_for_maps(front)

    def _look_for_maps(self, front: str) -> None:
        named = []
        if robots := self._robots.answer(front):
            lines = decoded(robots.body[:200_000]).splitlines()
            said = [line.partition(":")[2].strip() for line in lines if line.lower().lstrip().startswith("sitemap:")]
            named = [address for text in said[:20] if (address := canonical(text, front))]
        usual = [urljoin(front, path) for path in SITEMAP_PATHS]
        for address in sorted(named, key=lambda a: "news" not in a.lower())[:6] + usual:
            if (answer := self._get(address)) and self._try_map(answer, address, address in named):
                return

    def _try_feed(self, answer: Answer, address: str, label: str) -> bool:
        kind: SourceKind = "feed"
        form = _form(answer, address)
        if form is Form.SITEMAP:
            return self._try_map(answer, address, False)
        if form is Form.JSON and decoded(answer.body[:50]).lstrip().startswith("["):
            kind = "wordpress"
        return form in (Form.FEED, Form.JSON) and self._keep(kind, address, label, _stories(answer, address))

    def _try_posts(self, answer: Answer, address: str) -> None:
        if _form(answer, address) is Form.JSON:
            self._keep("wordpress", address, "the WordPress API", _stories(answer, address))

    def _try_map(self, answer: Answer, address: str, named: bool, deeper: bool = True) -> bool:
        text = decoded(unpacked_or_empty(answer), answer.charset)
        places = read_places(text, Context(where=address, url=answer.url or address))
        if isinstance(places, SourceFailure) or not places:
            return False
        maps = [place.url for place in places if place.is_map]
        if maps and deeper:
            for inner in sorted(maps, key=lambda a: "news" not in a.lower())[:3]:
                if (found := self._get(inner)) and self._try_map(found, inner, named, deeper=False):
                    return True
            return False
        stories = tuple(place.story for place in places if place.story)
        label = "robots.txt" if named else urlsplit(address).path
        if stories:
            return self._keep("sitemap", address, label, stories)
        if not maps:
            self._found.append((Offer("sitemap", address, label, len(places)), ()))
        return not maps

    def _keep(self, kind: SourceKind, address: str, label: str, stories: tuple[Story, ...]) -> bool:
        if not stories or not (url := canonical(address)):
            return False
        first = stories[:_JUDGED]
        worth = sum(1 + 2 * bool(story.body or story.excerpt) + bool(story.image) for story in first)
        # A section's feed is a part of the whole: the first named feed stays before the ones after it.
        if kind == "feed" and any(offer.kind == "feed" for offer, _ in self._found):
            worth = 0
        self._found.append((Offer(kind, url, clean(label, 80), len(stories), worth), stories))
        return True

    def _get(self, url: str) -> Answer | None:
        if url in self._asked or len(self._asked) >= MOST_ASKED - 1:  # the last one may be its host's robots.txt
            return None
        if not self._robots.allows(url):
            self._asked.add(url)
            self._unwelcome.append(url)
            return None
        try:
            return self._ask(url)
        except SourceError:
            return None

    def _ask(self, url: str) -> Answer:
        self._asked.add(url)
        return self._fetch.get(url)

    def _is_source(self, answer: Answer) -> bool:
        return _form(answer, "") in (Form.FEED, Form.JSON, Form.SITEMAP)


def unpacked_or_empty(answer: Answer) -> bytes:
    """The body of an answer, unpacked; nothing when it is damaged or too large to be read."""
    try:
        return unpacked(answer.body)
    except SourceError:
        return b""


def _form(answer: Answer, name: str) -> Form | None:
    return sniffed(decoded(unpacked_or_empty(answer)[:60_000], answer.charset), name)


def _stories(answer: Answer, address: str) -> tuple[Story, ...]:
    found = read(answer.body, Context(where=address, url=answer.url or address), answer.charset)
    return tuple(item for item in found if isinstance(item, Story))


def _tree(answer: Answer) -> HtmlElement | None:
    try:
        return parsed(decoded(unpacked_or_empty(answer), answer.charset))
    except TooDeep:
        return None


def _spoken(stories: Sequence[Story]) -> str | None:
    spoken = Counter(story.language for story in stories if story.language)
    return spoken.most_common(1)[0][0] if spoken else None


def _sections(stories: Sequence[Story]) -> tuple[str, ...]:
    """Labels that several stories carry, most frequent first."""
    counted = Counter(label for story in stories for label in dict.fromkeys((story.section, *story.tags)) if label)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(clean(label, 60) for label, number in ranked if number > 1)[:12]


def _evidence(ranked: Sequence[tuple[Offer, tuple[Story, ...]]], identity: Identity) -> tuple[str, ...]:
    said = [f"{offer.kind}: {offer.url} ({offer.label})" for offer, _ in ranked]
    return (*said, *identity.evidence)
