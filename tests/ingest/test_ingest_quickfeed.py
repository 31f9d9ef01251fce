"""The quick reader of feeds beside feedparser: whatever it does not decline, it reads in the same way."""

from __future__ import annotations

import io
from typing import Any

import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.ingest.quickfeed import quick_feed

SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:a="http://www.w3.org/2005/Atom" xmlns:odd="http://odd.example/"'
)
RSS_PARTS = [
    "<title>One &amp; two</title>",
    "<title><![CDATA[Bold <b>title</b> &amp; more]]></title>",
    "<title>Caf\u00e9 na\u00efve</title>",
    "<title>Caf\u00c3\u00a9</title>",
    "<title>A \u0093quote\u0094</title>",
    "<title/>",
    "<title>One <b>two</b></title>",
    "<title>Before <!-- a remark --> after</title>",
    "<link>https://news.example/a?b=1&amp;c=2</link>",
    "<link> https://news.example/spaced </link>",
    "<link>/relative</link>",
    "<link>https://news.example/a&amp;b;c</link>",
    "<link/>",
    "<a:link href='https://news.example/atom' rel='alternate'/>",
    "<guid>https://news.example/guid</guid>",
    "<guid isPermaLink='false'>https://news.example/?p=1</guid>",
    "<guid isPermaLink='true'>https://news.example/guid2</guid>",
    "<guid>7</guid>",
    "<description>Plain words.</description>",
    "<description><![CDATA[<p>Words &nbsp;in <a href='/x'>markup</a>.</p>]]></description>",
    "<description/>",
    "<description xml:lang='fr'>Des mots.</description>",
    "<content:encoded><![CDATA[<p>The whole of it, at length.</p><ul><li>a</li></ul>]]></content:encoded>",
    "<content:encoded/>",
    "<pubDate>Tue, 24 Nov 2026 07:00:00 +0530</pubDate>",
    "<pubDate>30 Feb 2026 07:00 GMT</pubDate>",
    "<pubDate>yesterday</pubDate>",
    "<pubDate/>",
    "<dc:date>2026-11-24T07:00:00Z</dc:date>",
    "<dc:creator><![CDATA[Ada Reed]]></dc:creator>",
    "<dc:creator>Ben Hale</dc:creator>",
    "<dc:creator/>",
    "<author>desk@news.example (Ada Reed)</author>",
    "<author>Ada Reed</author>",
    "<category>World</category>",
    "<category domain='https://news.example/tags'>Trade</category>",
    "<category domain='https://news.example/tags'/>",
    "<dc:subject>Rail</dc:subject>",
    "<enclosure url='https://news.example/i.jpg' type='image/JPEG' length='1'/>",
    "<media:content url='https://news.example/m.jpg' medium='image' width='800'/>",
    "<media:content url='https://news.example/n.jpg'><media:credit>Photo: Ada</media:credit></media:content>",
    "<media:content url='https://news.example/o.jpg'><media:title>Other</media:title></media:content>",
    "<media:group><media:content url='https://news.example/p.jpg'/></media:group>",
    "<media:thumbnail url='https://news.example/t.jpg'/>",
    "<media:credit role='photographer'>Ben</media:credit>",
    "<media:credit/>",
    "<media:description>What is seen.</media:description>",
    "<comments>https://news.example/a#comments</comments>",
    "<slash:comments>3</slash:comments>",
    "<itunes:keywords>one, two</itunes:keywords>",
    "<odd:thing a='1'>x</odd:thing>",
    "<source url='https://other.example/feed'>Other</source>",
    "<image><url>https://news.example/l.png</url><title>Logo</title></image>",
    "<updated>2026-11-24T07:00:00Z</updated>",
]
ATOM_PARTS = [
    "<title>One &amp; two</title>",
    "<title type='html'>One &lt;b&gt;two&lt;/b&gt;</title>",
    "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>One</div></title>",
    "<link href='https://news.example/a'/>",
    "<link rel='alternate' type='text/html' href='https://news.example/b'/>",
    "<link rel='alternate' type='application/json' href='https://news.example/c.json'/>",
    "<link rel='enclosure' type='image/png' href='https://news.example/e.png'/>",
    "<link rel='self' href='https://news.example/self'/>",
    "<link href='relative'/>",
    "<id>tag:news.example,2026:1</id>",
    "<id>https://news.example/id</id>",
    "<id>urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a</id>",
    "<id>just words</id>",
    "<summary>Short.</summary>",
    "<summary type='html'>&lt;p&gt;Short.&lt;/p&gt;</summary>",
    "<content type='html'>&lt;p&gt;Long and &amp;amp; whole.&lt;/p&gt;</content>",
    "<content>Plain.</content>",
    "<content type='image/png'>iVBORw0KGgo=</content>",
    "<content src='https://news.example/x' type='text/html'/>",
    "<published>2026-11-24T07:00:00+05:30</published>",
    "<updated>2026-11-24T08:00:00Z</updated>",
    "<updated>2026-02-30T08:00:00Z</updated>",
    "<author><name>Ada Reed</name></author>",
    "<author><name>Ben Hale</name><email>ben@news.example</email><uri>https://ben.example</uri></author>",
    "<author><email>eve@news.example</email></author>",
    "<category term='City' label='The city'/>",
    "<category term='Rail'>text</category>",
    "<media:thumbnail url='https://news.example/t.jpg' width='100' height='50'/>",
    "<rights>Ours</rights>",
    "<source><title>Elsewhere</title></source>",
]
HEADS = ["", "<language>en-GB</language>", "<dc:language>de</dc:language>", "<image><title>x</title></image>",
         "<title>News</title><link>https://news.example</link>", "<item/>"]  # fmt: skip
ROOTS = ["", " xml:lang='fr_CA'", " xml:base='https://base.example/'", " xml:lang=''"]


def rss(items: list[list[str]], head: str = "", root: str = "") -> str:
    made = "".join(f"<item>{''.join(parts)}</item>" for parts in items)
    return f'<?xml version="1.0"?>\n<rss version="2.0" {SPACES}{root}><channel>{head}{made}</channel></rss>'


def rdf(items: list[list[str]], head: str = "", root: str = "") -> str:
    made = "".join(f"<item rdf:about='https://news.example/{n}'>{''.join(p)}</item>" for n, p in enumerate(items))
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f"{SPACES}{root}>"
        f"<channel>{head}</channel>{made}</rdf:RDF>"
    )


def atom(items: list[list[str]], head: str = "", root: str = "") -> str:
    made = "".join(f"<entry>{''.join(parts)}</entry>" for parts in items)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}{root}>{head}{made}</feed>'


def read_by_feedparser(text: str) -> Any:
    body = text.partition("?>")[2] if text.startswith("<?xml") else text
    return feedparser.parse(
        io.BytesIO(body.strip().encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def fields(entry: Any) -> dict[str, object]:
    """What stories are made of, as the reader of feeds asks for it."""
    link = entry.get("link") or ""
    identifier = entry.get("id") or ""
    return {
        "title": entry.get("title") or "",
        "link": link or (identifier if identifier.startswith("http") else ""),
        "summary": entry.get("summary") or "",
        "content": [part.get("value") or "" for part in entry.get("content") or ()],
        "tags": list(dict.fromkeys(tag.get("term") for tag in entry.get("tags") or () if tag.get("term"))),
        "dates": [entry.get(key) if entry.has_key(key) else None for key in ("published", "updated")],
        "language": (entry.get("title_detail") or {}).get("language"),
        "authors": [a.get("name") for a in entry.get("authors") or () if a.get("name")]
        or [entry.get("author") or ""],
        "media": [
            [
                (part.get("url"), part.get("medium"), part.get("type"), part.get("width"))
                for part in entry.get(key) or ()
            ]
            for key in ("media_content", "media_thumbnail")
        ],
        "credit": [part.get("content") or "" for part in entry.get("media_credit") or ()],
        "enclosures": [(part.get("href"), part.get("type") or "") for part in entry.get("enclosures") or ()],
    }


def assert_same(text: str) -> bool:
    """Whether the quick reader read it; then it has read the same as feedparser."""
    quick = quick_feed(text)
    if quick is None:
        return False
    slow = read_by_feedparser(text)
    assert [fields(entry) for entry in quick.entries] == [fields(entry) for entry in slow.entries]
    assert (quick.feed.get("language") or "") == (slow.feed.get("language") or "")
    return True


PLAIN = [0, 8, 15, 19, 22, 24, 29, 34, 35, 38, 39, 47, 48]


@pytest.mark.parametrize("make", [rss, rdf])
def test_an_ordinary_feed_is_read_quickly(make: Any) -> None:
    items = [[RSS_PARTS[number] for number in PLAIN] for _ in range(3)]
    assert assert_same(
        make(items, HEADS[1]) if make is rss else make([[p for p in parts if "guid" not in p] for parts in items])
    )


def test_an_ordinary_atom_feed_is_read_quickly() -> None:
    parts = [ATOM_PARTS[number] for number in (0, 3, 6, 9, 13, 15, 19, 20, 22, 23, 25, 27)]
    assert assert_same(atom([parts] * 3, root=ROOTS[1]))


@given(st.lists(st.lists(st.sampled_from(RSS_PARTS), min_size=1, max_size=9), min_size=1, max_size=2),
       st.sampled_from(HEADS), st.sampled_from(ROOTS), st.sampled_from([rss, rdf]))  # fmt: skip
@settings(max_examples=300)
def test_any_mixture_of_rss_is_read_alike_or_declined(
    items: list[list[str]], head: str, root: str, make: Any
) -> None:
    assert_same(make(items, head, root))


@given(st.lists(st.lists(st.sampled_from(RSS_PARTS), max_size=5, unique_by=lambda p: p[:6]), min_size=1, max_size=2))
@settings(max_examples=300)
@example([[RSS_PARTS[18], RSS_PARTS[22]]])
@example([[RSS_PARTS[22], RSS_PARTS[18]]])
@example([[RSS_PARTS[22]]])
def test_any_order_of_rss_parts_under_a_title_is_read_alike(items: list[list[str]]) -> None:
    assert_same(rss([[RSS_PARTS[0], *parts] for parts in items]))


@given(st.lists(st.lists(st.sampled_from(ATOM_PARTS), min_size=1, max_size=8), min_size=1, max_size=2),
       st.sampled_from(ROOTS))  # fmt: skip
@settings(max_examples=300)
def test_any_mixture_of_atom_is_read_alike_or_declined(items: list[list[str]], root: str) -> None:
    assert_same(atom(items, root=root))


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read_alike_or_declined(title: str, words: str) -> None:
    from html import escape

    item = [f"<title>{escape(title)}</title>", f"<description>{escape(words)}</description>"]
    try:
        rss([item]).encode()
    except UnicodeEncodeError:
        return
    assert_same(rss([item]))


@pytest.mark.parametrize(
    "text",
    [
        "", "<rss", "<html/>", "<rss version='2.0'><channel/></rss>", "<rss><channel><item></rss>",
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><item><title>&a;</title></item></channel></rss>",
        "<rss><channel><item><title>&nbsp;</title></item></channel></rss>",
        "<a>" * 10_000,
        "<rss><channel><item><title>\x0b</title></item></channel></rss>",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_declined(text: str) -> None:
    assert quick_feed(text) is None
