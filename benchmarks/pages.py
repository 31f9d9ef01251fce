"""How fast pages and feeds become stories: our way beside trafilatura and feedparser, on the same bytes.

Pages are those of `../shared/data/takeaways/pages` beside the checkout when they are there, else generated ones;
feeds are generated. Runs alternate, times are CPU time of this one process, each ratio is the median over the rounds.
The last line printed is one JSON object.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import pstats
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "takeaways" / "pages"
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
SPOKEN = (
    "council vote budget river school trade report city people plan court price energy week market health police "
    "work home water road train bridge mayor union strike wage harvest export museum film theatre doctor nurse "
    "patient island storm forest farmer engine battery signal bank library student teacher judge appeal ruling "
    "tax border treaty envoy summit talks reform pension housing rent tenant builder permit hospital vaccine clinic"
)
WORDS = SPOKEN.split()


class Writer:
    """Makes pages and feeds out of plain words, the same ones at every start."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311

    def sentence(self, low: int = 8, high: int = 24) -> str:
        chosen = [self._dice.choice(WORDS) for _ in range(self._dice.randint(low, high))]
        return " ".join(chosen).capitalize() + "."

    def title(self) -> str:
        return self.sentence(6, 10).rstrip(".")

    def prose(self, paragraphs: int) -> str:
        made = []
        for number in range(paragraphs):
            linked = f'<a href="https://news.example/tag/{number}" rel="tag">{self.sentence(2, 3).rstrip(".")}</a>'
            made.append(f"<p>{self.sentence()} {self.sentence()} {linked} {self.sentence()}</p>")
        return "\n".join(made)

    def wordpress(self, number: int) -> str:
        """The HTML of a post as WordPress writes it: a figure with sources for many screens, blocks with classes."""
        at = f"https://news.example/wp-content/uploads/2026/11/{number}"
        widths = ", ".join(f"{at}-{w}.jpg {w}w" for w in (300, 768, 1024, 1536, 2048))
        figure = (
            '<figure class="wp-block-image size-large"><img decoding="async" width="1024" height="683" '
            f'src="{at}.jpg" alt="{self.title()}" class="wp-image-{number}" srcset="{widths}" '
            'sizes="(max-width: 1024px) 100vw, 1024px" />'
            f'<figcaption class="wp-element-caption">{self.sentence()}</figcaption></figure>'
        )
        quote = f'<blockquote class="wp-block-quote"><p>{self.sentence()}</p></blockquote>'
        heading = f'<h2 class="wp-block-heading">{self.title()}</h2>'
        points = "".join(f"<li>{self.sentence()}</li>" for _ in range(3))
        listed = f'<h2 class="wp-block-heading">Key Takeaways</h2><ul class="wp-block-list">{points}</ul>'
        return "\n".join(
            [listed if number % 4 == 0 else "", figure, self.prose(4), heading, self.prose(4), quote, self.prose(3)]
        )

    def page(self, number: int) -> bytes:
        """A news page with navigation, rails, scripts and a footer around an article."""
        title, at = self.title(), NOW - timedelta(hours=number)
        nav = "".join(f'<li class="nav-item"><a href="/s/{n}">{self.title()}</a></li>' for n in range(40))
        rail = "".join(
            f'<article class="card"><a href="/n/{n}"><h3>{self.title()}</h3></a><p>{self.sentence()}</p></article>'
            for n in range(25)
        )
        about = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": at.isoformat(),
            "author": {"@type": "Person", "name": "Ada Reed"},
        }
        linked = json.dumps(about)
        script = "<script>window.state = " + json.dumps([self.sentence() for _ in range(80)]) + "</script>"
        return (
            f'<!doctype html><html lang="en"><head><title>{title} | News</title><meta property="og:title" '
            f'content="{title}"><script type="application/ld+json">{linked}</script>{script}</head><body><header>'
            f'<nav><ul>{nav}</ul></nav></header><main><article><h1>{title}</h1><p class="byline">By Ada Reed</p>'
            f"{self.wordpress(number)}{self.prose(8)}</article><aside>{rail}</aside></main><footer>"
            f"{nav}</footer>{script}</body></html>"
        ).encode()

    def rss(self, items: int, full: bool) -> bytes:
        """A section's RSS feed with teasers and pictures, or a whole posts feed with `content:encoded`."""
        made = []
        for number in range(items):
            at = NOW - timedelta(minutes=37 * number)
            content = f"<content:encoded><![CDATA[{self.wordpress(number)}]]></content:encoded>" if full else ""
            picture = (
                f'<media:content url="https://news.example/i/{number}.jpg" medium="image" width="800" height="450"/>'
            )
            made.append(
                f"<item><title>{self.title()}</title><link>https://news.example/2026/11/24/{number}?utm_source=rss</link>"
                f"<dc:creator><![CDATA[Ada Reed]]></dc:creator><pubDate>{at:%a, %d %b %Y %H:%M:%S +0000}</pubDate>"
                f"<category><![CDATA[World]]></category><category><![CDATA[Trade]]></category>"
                f'<guid isPermaLink="false">https://news.example/?p={number}</guid>'
                f"<description><![CDATA[<p>{self.sentence()} {self.sentence()}</p>]]></description>{content}"
                f"{'' if full else picture}</item>"
            )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
            "<title>News</title><link>https://news.example</link><description>All of it</description>"
            f"<language>en-GB</language>{''.join(made)}</channel></rss>"
        ).encode()

    def atom(self, entries: int) -> bytes:
        """An Atom feed with HTML content."""
        made = []
        for number in range(entries):
            at = (NOW - timedelta(hours=number)).isoformat()
            made.append(
                f"<entry><title>{self.title()}</title><id>tag:news.example,2026:{number}</id>"
                f'<link rel="alternate" type="text/html" href="https://news.example/a/{number}"/>'
                f"<published>{at}</published><updated>{at}</updated><author><name>Ada Reed</name></author>"
                f'<category term="City"/><summary>{self.sentence()}</summary>'
                f'<content type="html">{escape(self.wordpress(number))}</content></entry>'
            )
        return (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
            f"<title>News</title><id>https://news.example/</id><updated>{NOW.isoformat()}</updated>{''.join(made)}</feed>"
        ).encode()


def pages(writer: Writer) -> tuple[list[bytes], str]:
    """The pages to read, and whose they are."""
    files = sorted(SHARED.glob("*.htm*")) if SHARED.is_dir() else []
    if files:
        return [file.read_bytes() for file in files], "saved pages"
    return [writer.page(number) for number in range(30)], "generated pages"


def feeds(writer: Writer) -> list[bytes]:
    """Half are a section's teasers, half whole posts: what newsrooms offer."""
    sections = [writer.rss(items, full=False) for items in (20, 30, 50, 100)]
    return [*sections, writer.rss(10, full=True), writer.rss(20, full=True), writer.atom(10), writer.atom(25)]


def seconds(work: Callable[[bytes], object], inputs: Sequence[bytes]) -> float:
    start = time.process_time()
    for data in inputs:
        work(data)
    return time.process_time() - start


def compare(
    inputs: Sequence[bytes], ours: Callable[[bytes], object], peers: dict[str, Callable[[bytes], object]], rounds: int
) -> tuple[float, dict[str, tuple[float, float]]]:
    """Ours per CPU-second; for each peer its own and the median of ours over it, round by round."""
    works = {"": ours, **peers}
    for work in works.values():
        seconds(work, inputs[:3])
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        names = list(works) if number % 2 else list(works)[::-1]
        for name in names:
            spent[name].append(seconds(works[name], inputs))
    rate = {name: len(inputs) / statistics.median(times) for name, times in spent.items()}
    ratio = {
        name: statistics.median(theirs / mine for theirs, mine in zip(spent[name], spent[""], strict=True))
        for name in peers
    }
    return rate[""], {name: (rate[name], ratio[name]) for name in peers}


def profile(title: str, work: Callable[[bytes], object], inputs: Sequence[bytes]) -> None:
    profiler = cProfile.Profile()
    profiler.enable()
    seconds(work, inputs)
    profiler.disable()
    print(f"\n{title}, hot spots by own time")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(18)


def main() -> None:
    import feedparser
    import trafilatura

    from digest.ingest import parse
    from digest.ingest.decode import decoded, unpacked
    from digest.ingest.feed import unsafe_entities
    from digest.ingest.quickfeed import quick_feed

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--quick", action="store_true", help="fewer rounds; ends within a minute or two")
    arguments.add_argument("--profile", action="store_true", help="also print where the time goes")
    given = arguments.parse_args()
    rounds = 5 if given.quick else 15
    writer = Writer(24)
    read, whose = pages(writer)
    offered = feeds(writer)

    def page(data: bytes) -> object:
        return parse(data, "page.html", url="https://news.example/story", now=NOW)

    def entries(data: bytes) -> object:
        text = decoded(unpacked(data))
        return unsafe_entities(text) or quick_feed(text) or feedparser.parse(io.BytesIO(data))

    def feed(data: bytes) -> object:
        return parse(data, "feed.xml", url="https://news.example/feed.xml", now=NOW)

    rate, peers = compare(read, page, {"trafilatura.extract": trafilatura.extract}, rounds)
    theirs, ratio_page = peers["trafilatura.extract"]
    size = sum(map(len, read)) / len(read) / 1000
    print(f"{len(read)} {whose}, {size:.0f} kB on average, {rounds} rounds, per CPU-second of one thread")
    print(f"  digest, page to story    {rate:8.1f}")
    print(f"  trafilatura.extract      {theirs:8.1f}    ratio {ratio_page:.2f}")

    feed_peers: dict[str, Callable[[bytes], object]] = {
        "whole": lambda data: feedparser.parse(io.BytesIO(data)),
        "bare": lambda data: feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False),
    }
    entry_rate, found = compare(offered, entries, feed_peers, rounds)
    story_rate, whole = compare(offered, feed, {"whole": feed_peers["whole"]}, rounds)
    stories = sum(len(parse(data, "feed.xml", url="https://news.example/feed.xml", now=NOW)) for data in offered)
    print(
        f"{len(offered)} feeds, {sum(map(len, offered)) / len(offered) / 1000:.0f} kB on average, {stories} stories"
    )
    print(f"  digest, feed to entries  {entry_rate:8.1f}")
    print(f"  feedparser.parse         {found['whole'][0]:8.1f}    ratio {found['whole'][1]:.2f}")
    print(f"  the same, not sanitising {found['bare'][0]:8.1f}    ratio {found['bare'][1]:.2f}")
    print(f"  digest, feed to stories  {story_rate:8.1f}    ratio {whole['whole'][1]:.2f} to feedparser.parse")
    if given.profile:
        profile("Pages", page, read)
        profile("Feeds", feed, offered)
    print(
        json.dumps(
            {
                "pages_per_cpu_second": round(rate, 1),
                "ratio_trafilatura": round(ratio_page, 3),
                "feeds_per_cpu_second": round(entry_rate, 1),
                "ratio_feedparser": round(found["whole"][1], 2),
                "ratio_feedparser_bare": round(found["bare"][1], 2),
                "ratio_feedparser_stories": round(whole["whole"][1], 2),
                "pages": whose,
                "rounds": rounds,
            }
        )
    )


if __name__ == "__main__":
    main()
