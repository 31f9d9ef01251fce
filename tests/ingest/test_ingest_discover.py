"""What discovery finds of a site, in every flavour, and what a hostile site cannot make of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.ingest import Answer, CannedFetcher
from digest.ingest.discover import MOST_ASKED, Site, discover
from digest.ingest.identity import NAME_LIMIT, hex_colour, identity_of
from local_site import atom, front, json_feed, news_sitemap, posts, rss

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TITLES = ["Council opens the river bank", "Rail strike is called off", "School meals are free from May"]
SITE = "https://www.ledger.example"


def found(pages: dict[str, str], url: str = SITE + "/") -> Site:
    return discover(url, fetcher(pages))


def fetcher(pages: dict[str, str]) -> CannedFetcher:
    return CannedFetcher(
        {SITE + path: Answer(200, text.replace("{url}", SITE).encode()) for path, text in pages.items()}
    )


def alternate(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f"<link rel='alternate' type='{kind}' href='{href}' title='{title}'>"


FLAVOURS = {
    "rss by its link": (
        {"/": front(alternate("/feeds/news.rss")), "/feeds/news.rss": rss(TITLES, NOON)},
        "feed", "/feeds/news.rss",
    ),
    "atom without a link": ({"/": front(), "/feed": atom(TITLES, NOON)}, "feed", "/feed"),
    "json feed by its link": (
        {"/": front(alternate("feed.json", "application/feed+json")), "/feed.json": json_feed(TITLES, NOON)},
        "feed", "/feed.json",
    ),
    "a feed that only a reader's link names": (
        {"/": front("", "<a href='/service/rss'>Subscribe</a>"), "/service/rss": rss(TITLES, NOON)},
        "feed", "/service/rss",
    ),
    "a sitemap that robots.txt names": (
        {"/": front(), "/robots.txt": "User-agent: *\nSitemap: {url}/maps/n.xml\n",
         "/maps/n.xml": news_sitemap(TITLES, NOON)},
        "sitemap", "/maps/n.xml",
    ),
    "a news sitemap inside an index": (
        {"/": front(), "/sitemap.xml": "<sitemapindex><sitemap><loc>{url}/old.xml</loc></sitemap><sitemap>"
         "<loc>{url}/news.xml</loc></sitemap></sitemapindex>", "/news.xml": news_sitemap(TITLES, NOON)},
        "sitemap", "/news.xml",
    ),
    "wordpress by its link": (
        {"/": front("<link rel='https://api.w.org/' href='/wp-json/'>"),
         "/wp-json/wp/v2/posts?per_page=50&_embed=1": posts(TITLES, NOON)},
        "wordpress", "/wp-json/wp/v2/posts?per_page=50&_embed=1",
    ),
    "wordpress without pretty addresses": (
        {"/": front("<link rel='https://api.w.org/' href='/index.php?rest_route=/'>"),
         "/index.php?rest_route=/wp/v2/posts&per_page=50&_embed=1": posts(TITLES, NOON)},
        "wordpress", "/index.php?rest_route=/wp/v2/posts&per_page=50&_embed=1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_flavour_of_site_is_found_and_gives_its_stories(flavour: str) -> None:
    pages, kind, path = FLAVOURS[flavour]
    site = found(pages)
    assert (site.sources[0].kind, site.sources[0].url) == (kind, SITE + path)
    assert site.sources[0].stories == len(TITLES)
    assert site.times[0] == NOON


def test_a_plain_sitemap_is_taken_for_its_addresses() -> None:
    site = found({"/": front(), "/sitemap.xml": "<urlset><url><loc>{url}/a</loc></url></urlset>"})
    assert [(offer.kind, offer.stories) for offer in site.sources] == [("sitemap", 1)]


def test_the_address_of_a_feed_itself_will_do() -> None:
    site = found({"/": front(title="The Ledger"), "/x/feed": rss(TITLES, NOON)}, SITE + "/x/feed")
    assert site.sources[0].url == SITE + "/x/feed"
    assert site.name == "The Ledger"


def test_an_address_without_a_scheme_is_asked_over_https() -> None:
    assert found({"/": front(), "/feed": rss(TITLES, NOON)}, "www.ledger.example/").sources


def test_nothing_is_found_where_nothing_is() -> None:
    assert found({"/": front(), "/feed": front(), "/sitemap.xml": "<html>no</html>"}).sources == ()


def test_comment_feeds_and_dead_feeds_are_left_out() -> None:
    head = alternate("/comments/feed") + alternate("/gone.xml") + alternate("/empty") + alternate("/feed")
    pages = {"/": front(head), "/comments/feed": rss(["A comment"], NOON), "/feed": rss(TITLES, NOON)}
    site = found(pages | {"/empty": rss([], NOON)})
    assert [offer.url for offer in site.sources] == [SITE + "/feed"]


def test_the_first_feed_is_the_whole_and_the_others_are_kept_beside_it() -> None:
    head = alternate("/all") + alternate("/sport", title="Sport")
    site = found({"/": front(head), "/all": rss(TITLES, NOON), "/sport": rss([*TITLES, "More"], NOON)})
    assert [offer.url for offer in site.sources] == [SITE + "/all", SITE + "/sport"]


def test_the_richer_of_feed_and_api_comes_first() -> None:
    pages = {"/": front("<link rel='https://api.w.org/' href='/wp-json/'>" + alternate("/feed"))}
    pages["/wp-json/wp/v2/posts?per_page=50&_embed=1"] = posts(TITLES, NOON)
    bare = "<rss version='2.0'><channel><item><title>One</title><link>{url}/1</link></item></channel></rss>"
    assert [offer.kind for offer in found(pages | {"/feed": bare}).sources] == ["wordpress", "feed"]
    assert [offer.kind for offer in found(pages | {"/feed": rss(TITLES, NOON)}).sources] == ["feed", "wordpress"]


def test_a_site_that_cannot_be_reached_says_why() -> None:
    with pytest.raises(SourceError, match="not known"):
        discover("https://nowhere.example/", CannedFetcher({}))


def test_only_so_many_addresses_are_asked() -> None:
    head = "".join(alternate(f"/f{number}") for number in range(400))
    anchors = "".join(f"<a href='/{number}/feed'>x</a>" for number in range(400))
    robots = "".join(f"Sitemap: {{url}}/{number}.xml\n" for number in range(400))
    fetch = fetcher({"/": front(head, anchors), "/robots.txt": robots})
    assert discover(SITE + "/", fetch).sources == ()
    assert len(fetch.asked) <= MOST_ASKED


def test_what_robots_may_not_have_is_not_asked_for_but_said() -> None:
    head = alternate("/all") + alternate("/closed")
    pages = {"/": front(head), "/all": rss(TITLES, NOON), "/closed": rss(TITLES, NOON)}
    fetch = fetcher(pages | {"/robots.txt": "User-agent: *\nDisallow: /closed\n"})
    site = discover(SITE + "/", fetch)
    assert [offer.url for offer in site.sources] == [SITE + "/all"]
    assert SITE + "/closed" not in [url for url, _ in fetch.asked]
    assert any("robots.txt" in said and "/closed" in said for said in site.evidence)


LINKED = """<script type='application/ld+json'>{"@graph": [{"@type": "WebSite", "name": "No"},
    {"@type": "NewsMediaOrganization", "name": "The Ledger"}]}</script>"""


@pytest.mark.parametrize(
    ("head", "title", "name"),
    [
        ("<meta property='og:site_name' content='The Ledger'>", "Home", "The Ledger"),
        (LINKED, "Home", "The Ledger"),
        ("", "Latest news, sport and weather | The Ledger", "The Ledger"),
        ("", "The Morning Post – politics, money", "The Morning Post"),
        ("", "", "ledger.example"),
    ],
)  # fmt: skip
def test_the_name_is_the_one_the_site_gives_itself(head: str, title: str, name: str) -> None:
    assert found({"/": front(head, title=title)}).name == name


def test_language_logo_and_colour_are_read() -> None:
    head = (
        "<meta name='theme-color' content='#111' media='(prefers-color-scheme: dark)'>"
        "<meta name='theme-color' content='rgb(200, 30, 30)'><link rel='apple-touch-icon' href='/touch.png'>"
    )
    body = "<header class='site-header'><img class='site-logo' src='/logo.svg'><img class='logo' src='/logo.png'>"
    site = found({"/": front(head, body, language="de-AT")})
    assert (site.language, site.colour, site.logo) == ("de", "#c81e1e", SITE + "/logo.png")


def test_a_language_that_the_page_does_not_say_is_that_of_its_stories() -> None:
    page = f"<html><head>{alternate('/f')}</head><body><p>Oggi</p></body></html>"
    assert found({"/": page, "/f": rss(TITLES, NOON, language="it-IT")}).language == "it"


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#C00", "#cc0000"), ("#cc0000ff", "#cc0000"), ("rgba(1, 2, 200, .5)", "#0102c8"), ("#fff", None),
        ("rgb(300, 0, 0)", None), ("#c00; background: url(x)", None), ("red", None), ("", None), ("#808284", None),
    ],
)  # fmt: skip
def test_only_plain_colours_that_are_no_greys_are_taken(text: str, colour: str | None) -> None:
    assert hex_colour(text) == colour


def test_sections_are_the_labels_that_several_stories_carry() -> None:
    pages = {"/": front(alternate("/f")), "/f": rss(TITLES, NOON, category="Wirtschaft")}
    assert found(pages).sections == ("Wirtschaft",)


@given(st.text(max_size=400), st.text(max_size=200), st.text(max_size=100))
def test_whatever_a_page_says_of_itself_stays_bounded_and_on_one_line(name: str, address: str, colour: str) -> None:
    from html import escape

    from digest.ingest.html.tree import parsed

    head = (
        f'<meta property="og:site_name" content="{escape(name)}"><meta name="theme-color" content="{escape(colour)}">'
        f'<img class="logo" src="{escape(address)}.png"><link rel="apple-touch-icon" href="{escape(address)}">'
    )
    said = identity_of(parsed(front(head, title=escape(name))), SITE + "/")
    assert said.name
    assert len(said.name) <= NAME_LIMIT
    assert said.name.isprintable()
    assert said.logo is None or (said.logo.startswith(("http://", "https://")) and said.logo.isprintable())
    assert said.colour is None or hex_colour(said.colour) == said.colour


@pytest.mark.parametrize(
    "body", [b"\x00\xff\xfe" * 50, b"<" * 100_000, b"<div>" * 50_000, b"\x1f\x8b junk", b"{}", b"[" * 9_000]
)
def test_a_front_page_that_is_no_page_finds_nothing(body: bytes) -> None:
    assert discover(SITE + "/", CannedFetcher({SITE + "/": Answer(200, body)})).sources == ()
