"""Whatever comes in, a story or a failure comes out: mutated pages and feeds, bombs, monsters and broken encodings.

Run as a script for a campaign of any size: `python tests/ingest/test_ingest_fuzz.py --cases 10000 --seed 1`. It reads
saved pages beside the checkout too, when they are there, and says the slowest case and the memory used.
"""

# ruff: noqa: E501 - what is fed in reads better unbroken
from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from digest.ingest import Answer, CannedFetcher, parse
from digest.ingest.decode import decoded
from digest.ingest.discover import discover
from digest.ingest.prose import BODY_LIMIT, LINE_LIMIT, TITLE_LIMIT
from digest.ingest.quickfeed import quick_feed
from digest.models.story import SourceFailure, Story, to_json

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "takeaways"
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
CONTROLS = "\n\r\t\x00\x0b\u2028\u202e\ufeff"
STEPS = 4_000_000
MEMORY = 1_500_000_000
CPU_SECONDS = 90

PAGE = """<!doctype html><html lang="en"><head><title>River bank opens | Ledger</title><meta charset="utf-8">
<meta property="og:title" content="River bank opens"><link rel="canonical"
href="https://ledger.example/2026/11/24/river">
<meta property="article:published_time" content="2026-11-24T05:00:00+05:30"><script type="application/ld+json">
{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","@id":"#a","headline":"River bank opens","author":
{"@id":"#p"},"datePublished":"2026-11-24"},{"@type":"Person","@id":"#p","name":"Ada Reed"}]}</script></head><body><nav>
<ul><li><a href="/world">World</a></li><li><a href="/city">City</a></li></ul></nav><main><article><h1>River bank opens
</h1><p class="byline">By Ada Reed</p><time datetime="2026-11-24T05:00">24 November</time><aside class="key-points">
<h2>Key Takeaways</h2><ul><li>The council opened the river bank after four years of work.</li><li>It cost 12 million,
a fifth less than planned.</li></ul></aside><p>The council opened the river bank on Tuesday, after four years of work
that the mayor called "slow and right".</p><figure><img src="/i/river.jpg" alt="The bank" width="800" height="450">
<figcaption>The bank at dawn</figcaption></figure><p>It cost 12 million, and nobody knows yet who will sweep it.</p>
</article><aside><h3>Latest</h3><a href="/n/1">Rail strike is called off</a></aside></main><footer>All rights</footer>
</body></html>"""
FEED = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Ledger</title>
<link>https://ledger.example</link><language>en</language><item><title>Rail strike is called off</title>
<link>https://ledger.example/n/1?utm_source=rss</link><guid isPermaLink="false">1</guid>
<dc:creator>Ada Reed</dc:creator>
<pubDate>Tue, 24 Nov 2026 05:00:00 +0530</pubDate><category>City</category><description><![CDATA[<p>Both sides
signed.</p>]]></description><content:encoded><![CDATA[<h2>Key points</h2><ul><li>Both sides signed at dawn today.</li>
<li>Trains run again from noon on.</li></ul><p>Both sides signed at dawn, and trains run again.</p>]]></content:encoded>
<media:content url="https://ledger.example/i.jpg" medium="image" width="800"/></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title><entry><title type="html">Der
&lt;b&gt;Markt&lt;/b&gt; öffnet</title><id>tag:blatt.example,2026:1</id><link href="https://blatt.example/1"/><updated>
2026-11-24T05:00:00Z</updated><author><name>Ute Roth</name></author><content type="html">&lt;p&gt;Er öffnet.&lt;/p&gt;
</content></entry></feed>"""
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": [
    {"id": "1", "url": "https://l.example/1", "title": "One", "content_html": "<p>It is one.</p>", "tags": ["a"],
     "date_published": "2026-11-24T05:00:00Z", "authors": [{"name": "Ada"}]}]})  # fmt: skip
POSTS = json.dumps([{"id": 1, "link": "https://l.example/1", "date_gmt": "2026-11-24T05:00:00",
    "title": {"rendered": "One"}, "excerpt": {"rendered": "<p>One.</p>"}, "content": {"rendered": "<p>It is.</p>"},
    "_embedded": {"author": [{"name": "Ada"}], "wp:term": [[{"taxonomy": "category", "name": "City"}]]}}])  # fmt: skip
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news=
"http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://l.example/1</loc><news:news><news:publication_date>
2026-11-24</news:publication_date><news:title>One</news:title></news:news></url></urlset>"""
MARKDOWN = '+++\ntitle = "One"\npublished = 2026-11-24T05:00:00Z\n+++\n\n## Key takeaways\n\n- It is one.\n\nIt is.\n'
DUMP = (
    "6.1 C\nDelhi\nFriday, January 16, 2026\n\nOne thing\n\nKey Takeaways\n\n  • It is one thing.\n\nIt is so.\n\n"
    "Latest\n\nTwo\n\nIt is two.\n"
)
SEEDS = [(PAGE, "page.html"), (FEED, "feed.xml"), (ATOM, "feed.atom"), (JSON, "feed.json"), (POSTS, "posts.json"),
         (SITEMAP, "sitemap.xml"), (MARKDOWN, "story.md"), (DUMP, "dump.txt")]  # fmt: skip
TOKENS = [
    *b"< > </div> <div> <!-- --> <![CDATA[ ]]> &#0; &nbsp; <svg> <template> <script> </script> <table> <title> &a;".split(),
    *b"javascript: // https://[::1 <base\tx>".split(b" "),
    b"\x00", b"<ul><li>", b"<br>" * 50, b"<h2>Key Takeaways</h2>", b'{"@graph":', b'"', b"\\", b"[" * 200, b"\xff\xfe",
    b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xed\xa0\x80", b"0" * 400, b"9999-99-99T99:99:99+99:99", b"1" * 30 + b"px",
    b"http://\xd1\x82", b"+++\n", b"---\n", b"<p>" * 100, b"<a href=x>" * 60, b" " * 3000, b"\n" * 2000, b"<b>" * 300,
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<img src=data:,x srcset=" + b"a 1w," * 200 + b">", b"<base href=//x>",
    b"&#xD800;", b"&#56320;", b"<p " + b" ".join(b"a%d=1" % number for number in range(3_000)) + b">",
]  # fmt: skip
ENCODINGS = [
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "shift_jis",
    "gb18030",
    "koi8-r",
    "utf-7",
]


def _cut(data: bytes, dice: random.Random) -> bytes:
    start, end = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
    return data[:start] + data[min(end, start + 400) :]


def _repeat(data: bytes, dice: random.Random) -> bytes:
    start = dice.randint(0, len(data))
    part = data[start : start + dice.randint(1, 300)]
    return data[:start] + part * dice.choice((2, 3, 40)) + data[start:]


def _token(data: bytes, dice: random.Random) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + dice.choice(TOKENS) * dice.choice((1, 1, 1, 2, 30)) + data[at:]


def _noise(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 20)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _end(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randint(0, len(data))]


def _swap(data: bytes, dice: random.Random) -> bytes:
    tags = data.split(b"<")
    if len(tags) > 2:
        one, two = dice.randrange(len(tags)), dice.randrange(len(tags))
        tags[one], tags[two] = tags[two], tags[one]
    return b"<".join(tags)


def _encode(data: bytes, dice: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(dice.choice(ENCODINGS), "replace")


def _pack(data: bytes, dice: random.Random) -> bytes:
    packed = gzip.compress(data, 1, mtime=0)
    return packed if dice.random() < 0.5 else packed[: len(packed) // 2]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _cut, _repeat, _token, _token, _token, _noise, _end, _swap, _swap, _encode, _pack
)  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """`data` after one to six mutations, the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 6)):
        data = dice.choice(MUTATIONS)(data, dice)
    return data[:2_000_000]


@contextmanager
def bounded_steps(most: int = STEPS) -> Iterator[None]:
    """Fails when the block calls more than `most` functions: a loop without end, however fast the machine."""
    left = most

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            sys.setprofile(None)
            raise AssertionError(f"more than {most:,} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def assert_sound(items: tuple[Story | SourceFailure, ...]) -> None:
    """What may be relied on, whatever was read."""
    for item in items:
        if isinstance(item, SourceFailure):
            assert item.what
            continue
        assert item.title.strip()
        assert len(item.title) <= TITLE_LIMIT
        assert len(item.id) == 16
        assert item.url is None or item.url.startswith(("http://", "https://"))
        assert item.image is None or item.image.url.startswith(("http://", "https://"))
        assert len(item.body) <= BODY_LIMIT
        assert len(item.tags) <= 60
        assert sum(map(len, item.takeaways)) <= BODY_LIMIT
        assert not any(c in line for line in item.takeaways for c in CONTROLS)
        lines = (item.title, item.excerpt, item.author or "", *item.tags, *item.short_titles)
        for line in lines:
            assert len(line) <= LINE_LIMIT
            assert not any(c in line for c in CONTROLS)
        for moment in (item.published, item.updated, item.seen):
            assert moment is None or moment.tzinfo is not None
        json.dumps(to_json(item)).encode()
        assert item.content_hash


def read(data: bytes, name: str) -> tuple[Story | SourceFailure, ...]:
    return parse(data, name, url="https://ledger.example/x", now=NOW)


FORMS = range(len(SEEDS))


@pytest.mark.parametrize("number", FORMS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])
def test_mutated_stories_of_every_form_are_read_or_refused(number: int, seed: int) -> None:
    text, name = SEEDS[number]
    data = mutated(text.encode(), seed)
    with bounded_steps():
        assert_sound(read(data, name))
        quick_feed(decoded(data))


@given(st.integers(0, 2**32))
@settings(max_examples=40)
def test_mutated_saved_pages_are_read_or_refused(seed: int) -> None:
    pages = sorted((SHARED / "pages").glob("*.htm*")) if SHARED.is_dir() else []
    if not pages:
        pytest.skip("no saved pages beside this checkout: only our own were mutated")
    page = pages[seed % len(pages)]
    data = mutated(page.read_bytes(), seed)
    with bounded_steps():
        assert_sound(read(data, page.name))


@given(st.integers(0, 2**32))
@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])
def test_mutated_sites_are_searched_to_an_end(seed: int) -> None:
    dice = random.Random(seed)
    site = "https://ledger.example"
    links = "<link rel=alternate type=application/rss+xml href=/f><link rel=https://api.w.org/ href=/wp-json/>"
    head = links + PAGE
    pages = {"/": head, "/f": FEED, "/wp-json/wp/v2/posts?per_page=50&_embed=1": POSTS, "/sitemap.xml": SITEMAP,
             "/robots.txt": "Sitemap: /sitemap.xml\n"}  # fmt: skip
    answers = {
        site + path: Answer(200, mutated(text.encode(), dice.randrange(2**32))) for path, text in pages.items()
    }
    found = discover(site + "/", CannedFetcher(answers))
    assert found.name
    assert found.name.isprintable()


@given(st.binary(max_size=2_000), st.sampled_from([name for _, name in SEEDS] + ["", "x.gz"]))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with bounded_steps():
        assert_sound(read(data, name))


MONSTERS = {
    "fifty megabytes of page": "b'<html><body><h1>Big</h1>' + b'<p>word word word</p>' * 2_500_000",
    "fifty megabytes of one paragraph": "b'<html><h1>Big</h1><p>' + b'word ' * 10_000_000",
    "fifty megabytes of one tag": "b'<html><h1>Big</h1><p ' + b'a' * 50_000_000",
    "fifty megabytes of nothing": "b' ' * 50_000_000",
    "ten megabytes of text in a page": "b'<html><h1>Big</h1><p>' + b'word ' * 2_000_000",
    "deep nesting": "b'<html><h1>Deep</h1>' + b'<div>' * 200_000",
    "deep lists": "b'<html><h1>Deep</h1><h2>Key Takeaways</h2>' + b'<ul><li>' * 100_000",
    "deep inline": "b'<html><h1>Deep</h1>' + b'<b><i>' * 100_000",
    "ninety thousand bullets": "b'<html><h1>Wide</h1><h2>Key Takeaways</h2><ul>' + b'<li>a thing is so' * 90_000",
    "thousands of headings": "b'<html><h1>Wide</h1>' + b'<h2>Key Takeaways</h2><ul><li>it is so today</ul>' * 20_000",
    "thousands of labels": "b'<html><h1>Wide</h1>' + b'<p><b>Key Takeaways</b></p>' * 30_000",
    "very many attributes": "b'<html><h1>Wide</h1><p ' + b' '.join(b'a%d=1' % n for n in range(200_000)) + b'>x'",
    "very many attributes in a feed": "b'<rss><channel ' + b' '.join(b'a%d=1' % n for n in range(200_000)) + b'>x'",
    "a bullet that goes on": "b'Title of it\\n\\nKey Takeaways\\n  * it is so\\n' + b''.join(b'     %d goes on\\n' % n for n in range(50_000))",
    "entity bomb": "b'<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\">' + b''.join(b'<!ENTITY a%d \"%s\">' % (n, b'&a%d;' % (n-1)"
                   " * 10) for n in range(1, 30)) + b']><rss><channel><item><title>&a29;</title></item></channel></rss>'",
    "quadratic entity": "b'<!DOCTYPE r [<!ENTITY a \"' + b'a' * 50_000 + b'\">]><rss><channel><item><title>' + b'&a;' * "
                        "50_000 + b'</title></item></channel></rss>'",
    "external entity": "b'<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&a;</title>"
                       "</item></channel></rss>'",
    "gzip bomb": "gzip.compress(gzip.compress(b' ' * 100_000_000, 9)) + gzip.compress(b' ' * 100_000_000, 9) * 20",
    "gzip of a gzip": "gzip.compress(gzip.compress(b'<html><h1>Twice</h1>'))",
    "deep json": "b'{\"items\":' + b'[' * 1_000_000",
    "deep linked data": "b'<html><h1>x</h1><script type=\"application/ld+json\">' + b'{\"a\":' * 80_000 + b'1' + b'}' "
                        "* 80_000",
    "a hundred thousand items": "b'<rss><channel>' + b'<item><title>x</title></item>' * 100_000",
    "deep feed": "b'<rss><channel>' + b'<item>' * 200_000",
    "comments without end": "b'<html><h1>x</h1>' + b'<!--' * 1_000_000",
    "half a megabyte of less-than": "b'<' * 500_000",
    "half a megabyte of ampersands": "b'<html><h1>x</h1><p>' + b'&' * 500_000",
    "a prolog without end": "b'<!DOCTYPE ' * 100_000",
    "processing instructions": "b'<?' * 300_000",
    "markdown without end": "b'+++\\n' * 100_000",
    "brackets in markdown": "b'+++\\ntitle = \"x\"\\n+++\\n' + b'[' * 200_000",
    "stars in markdown": "b'+++\\ntitle = \"x\"\\n+++\\n' + b'*' * 200_000",
    "bullets in a dump": "'Title of it\\n\\nKey Takeaways\\n'.encode() + '  • it is so\\n'.encode() * 40_000",
    "spaces and breaks": "b'<html><h1>x</h1><p>' + b' \\n\\t' * 1_000_000 + b'</p>'",
    "byline without end": "b'<html><h1>x</h1><p class=byline>By ' + b'Ada and ' * 200_000",
    "utf-16 without an end": "b'\\xff\\xfe' + '<html><h1>x</h1>'.encode('utf-16-le') + b'\\x00'",
    "utf-32 nonsense": "b'\\xff\\xfe\\x00\\x00' + b'\\xff' * 1_000_000",
    "invalid utf-8": "b'<html><meta charset=utf-8><h1>x</h1><p>' + bytes(range(128, 256)) * 8_000",
    "charset that is none": "b'<html><meta charset=\"rot13\"><h1>\\xe9t\\xe9</h1>'",
    "charset that is a module": "b'<?xml version=\"1.0\" encoding=\"zlib\"?><rss><channel><item><title>\\xe9</title>'",
}  # fmt: skip
_ALONE = """
import gzip, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from digest.ingest import parse
data = {monster}
for name in ("page.html", "x.txt"):
    items = parse(data, name, url="https://ledger.example/x")
    assert isinstance(items, tuple)
print(len(items))
"""


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_met_within_bounded_memory(name: str) -> None:
    """In a process of its own, whose memory is bounded and which the system ends when it never comes back."""
    program = _ALONE.format(memory=MEMORY, seconds=CPU_SECONDS, monster=MONSTERS[name])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]


@pytest.mark.parametrize("number", [1, 5])
def test_half_a_character_is_no_crash(number: int) -> None:
    text, name = SEEDS[number]
    assert_sound(
        read(
            text.replace("<title>", "<title>&#xD800;").replace("<news:title>", "<news:title>&#xD800;").encode(), name
        )
    )


def campaign(cases: int, seed: int) -> int:
    """Mutate and read `cases` times; says what was met, and gives the number of failures."""
    seeds = [(text.encode(), name) for text, name in SEEDS]
    seeds += [(path.read_bytes(), path.name) for folder in ("pages", "dumps") for path in
              sorted((SHARED / folder).rglob("*.*")) if path.suffix in (".html", ".txt")]  # fmt: skip
    met: Counter[str] = Counter()
    slow: list[tuple[float, int, str]] = []
    bad = 0
    for number in range(cases):
        data, name = seeds[number % len(seeds)]
        data = mutated(data, seed * 1_000_003 + number)
        start = time.process_time()
        try:
            items = read(data, name)
            quick_feed(decoded(data))
            assert_sound(items)
        except Exception as problem:
            bad += 1
            print(f"case {number} ({name}, {len(data):,} bytes): {type(problem).__name__}: {problem}")
            continue
        slow = sorted([*slow, (time.process_time() - start, number, name)], reverse=True)[:5]
        met["stories" if any(isinstance(item, Story) for item in items) else "refused"] += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    print(f"{cases:,} cases from {len(seeds)} files: {dict(met)}, {bad} failures, peak memory {peak:,.0f} MB")
    for seconds, number, name in slow:
        print(f"  {seconds:.2f} s CPU: case {number} ({name})")
    return bad


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--cases", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    given_arguments = arguments.parse_args()
    sys.exit(bool(campaign(given_arguments.cases, given_arguments.seed)))
