# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

from datetime import datetime

import pytest

from digest.ingest import parse
from digest.models.story import Kind, Section, SourceFailure, Story

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>The Harbour Post</title><language>en-GB</language>
<item>
 <title>Council &amp; sea: the &#8220;wall&#8221; is rebuilt</title>
 <link>/world/wall?utm_source=rss&amp;id=7</link>
 <dc:creator>Ann Lee</dc:creator>
 <pubDate>Fri, 16 Jan 2026 10:00:00 +0530</pubDate>
 <category>World</category><category>Harbour</category>
 <description>A dispute &lt;b&gt;ends&lt;/b&gt; after three years. [&amp;#8230;]</description>
 <content:encoded><![CDATA[<p>The council voted late on Tuesday.</p><h2>Key Takeaways</h2>
 <ul><li>The wall will be rebuilt in stone</li><li>The ferry will move to the fish market</li></ul>
 <p>Engineers told the meeting that the stones had moved.</p><h3>A cheaper wall</h3><p>Opponents wanted steel.</p>
 <p>The post Council &amp; sea appeared first on The Harbour Post.</p>]]></content:encoded>
 <media:content url="https://news.example/small.jpg" medium="image" width="300"/>
 <media:content url="https://news.example/large.jpg" medium="image" width="1200" height="675"/>
 <media:content url="https://news.example/film.mp4" medium="video" width="4000"/>
 <media:credit>Jo Ray</media:credit>
</item>
<item><link>https://news.example/untitled</link></item>
<item><title>Opinion | The sea does not wait</title><guid isPermaLink="true">https://news.example/opinion/sea</guid>
 <description><![CDATA[<img src="https://news.example/pixel.gif" width="1"><img src="/sea.jpg" alt="The sea">Words.]]></description></item>
</channel></rss>"""


def read(text: str) -> list[Story | SourceFailure]:
    return list(parse(text.encode(), "feed.xml", source="wire", url="https://news.example/feed.xml"))


def stories(text: str) -> list[Story]:
    return [item for item in read(text) if isinstance(item, Story)]


def test_reads_an_item_with_everything() -> None:
    found = stories(RSS)[0]
    assert found.title == "Council & sea: the “wall” is rebuilt"
    assert found.url == "https://news.example/world/wall?id=7"
    assert found.published == datetime.fromisoformat("2026-01-16T10:00:00+05:30")
    assert (found.author, found.tags, found.language) == ("Ann Lee", ("World", "Harbour"), "en")
    assert found.excerpt == "A dispute ends after three years.…"
    assert not found.teaser


def test_runs_the_readers_of_pages_on_the_html_of_an_item() -> None:
    found = stories(RSS)[0]
    assert found.takeaways == ("The wall will be rebuilt in stone", "The ferry will move to the fish market")
    assert "rebuilt in stone" not in found.body
    assert "appeared first" not in found.body
    assert found.sections == (Section("A cheaper wall", "Opponents wanted steel."),)


def test_takes_the_widest_picture_with_its_credit() -> None:
    image = stories(RSS)[0].image
    assert image is not None
    assert (image.url, image.credit, image.width, image.height) == (
        "https://news.example/large.jpg",
        "Jo Ray",
        1200,
        675,
    )


def test_passes_over_counting_pixels() -> None:
    image = stories(RSS)[1].image
    assert image is not None
    assert (image.url, image.alt) == ("https://news.example/sea.jpg", "The sea")


def test_one_bad_item_is_a_failure_and_the_others_go_on() -> None:
    found = read(RSS)
    assert [type(item) for item in found] == [Story, SourceFailure, Story]
    assert isinstance(found[1], SourceFailure)
    assert found[1].what == "item 2 has no title"


def test_a_permanent_guid_is_an_address_and_its_folder_a_kind() -> None:
    found = stories(RSS)[1]
    assert found.url == "https://news.example/opinion/sea"
    assert (found.kind, found.kind_evidence) == (Kind.OPINION, "address /opinion/")


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><entry><title type="html">Ein &amp;amp; zwei</title>
<link rel="alternate" href="https://news.example/a"/><updated>2026-01-16T10:00:00Z</updated>
<summary>Kurz.</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://news.example/a"><title>Ein &amp;amp; zwei</title>
<link>https://news.example/a</link><dc:date>2026-01-16T10:00:00Z</dc:date><description>Kurz.</description></item></rdf:RDF>"""
RSS_091 = """<rss version="0.91"><channel><item><title>Ein &amp;amp; zwei</title><link>https://news.example/a</link>
<pubDate>16 Jan 2026 10:00:00 GMT</pubDate><description>Kurz.</description></item></channel></rss>"""


@pytest.mark.parametrize("text", [ATOM, RDF, RSS_091])
def test_reads_the_other_dialects(text: str) -> None:
    (found,) = stories(text)
    assert (found.title, found.url, found.excerpt) == ("Ein & zwei", "https://news.example/a", "Kurz.")
    assert found.published == datetime.fromisoformat("2026-01-16T10:00:00+00:00")


def test_ill_formed_xml_is_read_as_far_as_it_goes() -> None:
    found = stories(
        "<rss version='2.0'><channel><item><title>Tom & Jerry\x07</title><link>https://news.example/?a=1&b=2</link></item></channel>"
    )
    assert (found[0].title, found[0].url) == ("Tom & Jerry", "https://news.example/?a=1&b=2")


def test_a_date_that_is_none_is_no_date() -> None:
    (found,) = stories(
        "<rss version='2.0'><channel><item><title>x</title><pubDate>soon</pubDate></item></channel></rss>"
    )
    assert found.published is None


def test_a_long_description_is_the_text() -> None:
    text = "The sea does not wait for a better argument. " * 30
    (found,) = stories(
        f"<rss version='2.0'><channel><item><title>x</title><description>{text}</description></item></channel></rss>"
    )
    assert found.excerpt == ""
    assert found.body.startswith("The sea does not wait")


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">', '<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY % p "x">',
     f'<!ENTITY a "{"a" * 100}">', "".join(f'<!ENTITY e{n} "x">' for n in range(400))],
)  # fmt: skip
def test_entity_bombs_and_outside_entities_are_refused(declaration: str) -> None:
    (found,) = read(
        f"<!DOCTYPE rss [{declaration}]><rss version='2.0'><channel><item><title>&a;&x;</title></item></channel></rss>"
    )
    assert isinstance(found, SourceFailure)
    assert "refused" in found.what


def test_names_of_characters_may_be_declared() -> None:
    (found,) = stories(
        "<!DOCTYPE rss [<!ENTITY euro '&#8364;'>]><rss version='2.0'><channel><item><title>5 &euro;</title></item></channel></rss>"
    )
    assert found.title == "5 €"


def test_an_empty_feed_is_no_failure_but_rubbish_is_one() -> None:
    assert read("<rss version='2.0'><channel><title>x</title></channel></rss>") == []
    (found,) = read("<rss>" + "<" * 50)
    assert isinstance(found, SourceFailure)
    assert "not a feed" in found.what


def test_more_items_than_anyone_prints_are_cut_and_said() -> None:
    found = read("<rss version='2.0'><channel>" + "<item><title>x</title></item>" * 2_001 + "</channel></rss>")
    assert isinstance(found[-1], SourceFailure)
    assert "2001 items" in found[-1].what
    assert len(found) == 2_001


def test_half_a_character_costs_only_itself() -> None:
    (story,) = stories("<rss><channel><item><title>A bank &#xD800;opens</title></item></channel></rss>")
    assert story.title.startswith("A bank")
    assert story.title.endswith("opens")
