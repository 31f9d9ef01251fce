"""`digest init --site` against a site on loopback, in every flavour, as a person would run it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command import NOW, Command

from local_site import LocalSite, atom, front, json_feed, local_site, news_sitemap, posts, rss

WHEN = datetime.fromisoformat(NOW) - timedelta(hours=1)
TITLES = ["Parliament votes on the treaty", "The bank leaves rates as they are", "A fossil under the new school",
          "Trains run on time", "Theatre opens with a comedy"]  # fmt: skip


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with local_site() as running:
        yield running


@pytest.fixture
def outside(tmp_path: Path) -> Command:
    return Command(tmp_path)


def rss_site(site: LocalSite) -> str:
    head = "<link rel='alternate' type='application/rss+xml' href='/news.rss'>"
    head += "<meta property='og:site_name' content='The Ledger'><meta name='theme-color' content='#0a6'>"
    site.give("/", front(head, language="en-GB"), content_type="text/html")
    # its stories lie at their public address, since no edition may link to this machine
    site.give("/news.rss", rss(TITLES, WHEN).replace("{url}", "https://ledger.example"))
    return "feed"


def atom_site(site: LocalSite) -> str:
    site.give("/", front())
    site.give("/feed", atom(TITLES, WHEN))
    return "feed"


def json_site(site: LocalSite) -> str:
    site.give("/", front("<link rel='alternate' type='application/feed+json' href='/f.json'>"))
    site.give("/f.json", json_feed(TITLES, WHEN))
    return "feed"


def sitemap_site(site: LocalSite) -> str:
    site.give("/", front())
    site.give("/robots.txt", "User-agent: *\nDisallow: /admin\nSitemap: {url}/news-map.xml\n")
    site.give("/news-map.xml", news_sitemap(TITLES, WHEN))
    return "sitemap"


def wordpress_site(site: LocalSite) -> str:
    site.give("/", front("<link rel='https://api.w.org/' href='{url}/wp-json/'>"))
    site.give("/wp-json/wp/v2/posts", posts(TITLES, WHEN))
    return "wordpress"


@pytest.mark.parametrize("flavour", [rss_site, atom_site, json_site, sitemap_site, wordpress_site])
def test_every_flavour_becomes_a_publication_with_its_stories(flavour, site: LocalSite, outside: Command) -> None:  # type: ignore[no-untyped-def]
    kind = flavour(site)
    said = outside("init", "own", "--site", site.url, "--allow-private", "--json")
    assert said.code == 0, said.err
    assert said.json["stories"] == len(TITLES)
    assert said.json["site"]["sources"][0]["kind"] == kind
    inside = Command(outside.folder / "own")
    listed = inside("sources", "list", "--json").json
    assert [(row["state"], row["gave"]) for row in listed] == [("ok", len(TITLES))]


def test_it_ends_with_the_words_that_show_the_first_edition(site: LocalSite, outside: Command) -> None:
    rss_site(site)
    said = outside("init", "own", "--site", site.url, "--allow-private")
    assert said.code == 0, said.err
    for words in ("The Ledger", "news.rss", "cd own", "digest send daily --dry-run", "digest preview daily"):
        assert words in said.err
    inside = Command(outside.folder / "own")
    dry = inside("send", "daily", "--dry-run", "--json")
    assert dry.code == 0, dry.err
    assert dry.json["subject"] in TITLES
    assert "[fetch]\nprivate_addresses = true" in (inside.folder / "digest.toml").read_text()
    assert inside("config", "check").code == 0
    assert inside("ingest", "--json").json[0]["new"] == 0


def test_a_private_site_is_refused_unless_it_is_allowed(site: LocalSite, outside: Command) -> None:
    rss_site(site)
    said = outside("init", "own", "--site", site.url)
    assert said.code == 1
    assert "private network" in said.err
    assert "--allow-private" in said.err
    assert site.asked == []
    assert not (outside.folder / "own").exists()


def test_a_site_that_leads_to_a_private_feed_is_not_followed_by_default(outside: Command) -> None:
    said = outside("init", "own", "--site", "http://localhost:9/")
    assert said.code == 1
    assert "private network" in said.err


def test_a_site_without_anything_says_what_to_do_and_writes_nothing(site: LocalSite, outside: Command) -> None:
    site.give("/", front())
    said = outside("init", "own", "--site", site.url, "--allow-private")
    assert said.code == 1
    assert "no feed, sitemap or WordPress API" in said.err
    assert "--empty" in said.err
    assert not (outside.folder / "own").exists()


def test_a_hostile_site_stays_in_its_strings(site: LocalSite, outside: Command) -> None:
    name = "Le&quot;dger &#10;[delivery] transport=&quot;smtp&quot; &lt;script&gt;"
    head = f"<meta property='og:site_name' content='{name}'><meta name='theme-color' content='red;}}x{{'>"
    head += "<link rel='alternate' type='application/rss+xml' href='/news.rss' title='x&#10;[fetch]'>"
    site.give("/", front(head))
    # its stories lie at their public address, since no edition may link to this machine
    site.give("/news.rss", rss(TITLES, WHEN).replace("{url}", "https://ledger.example"))
    assert outside("init", "own", "--site", site.url, "--allow-private").code == 0
    inside = Command(outside.folder / "own")
    assert inside("config", "check").code == 0
    built = inside("send", "daily", "--dry-run")
    assert built.code == 0, built.err


@pytest.mark.parametrize("words", [("--empty", "--site", "https://x.example"), ("--allow-private",)])
def test_options_that_exclude_each_other_are_refused(words: tuple[str, ...], outside: Command) -> None:
    said = outside("init", "own", *words)
    assert said.code == 2
    assert not (outside.folder / "own").exists()


def test_where_to_go_next_is_said_unless_it_is_here(outside: Command) -> None:
    assert "1  cd paper   2  digest send" in outside("init", "paper").err
    (outside.folder / "here").mkdir()
    assert "1  digest send daily --dry-run" in Command(outside.folder / "here")("init", ".").err
