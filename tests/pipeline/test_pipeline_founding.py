"""Founding: the sample, a bare publication, and one's own news; nothing a site says can break out of its place."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.check.accessibility import contrast
from digest.clock import StillClock
from digest.errors import SourceError, UsageError
from digest.ingest import Answer, CannedFetcher
from digest.ingest.discover import Offer, Site, discover
from digest.ingest.prose import clean
from digest.pipeline.accent import accent_on
from digest.pipeline.build import build
from digest.pipeline.draft import draft
from digest.pipeline.founding import found, found_site
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.own_site import toml_of
from digest.settings import Settings, load_settings
from digest.settings.model import Theme
from local_site import front, posts, rss

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
SITE = "https://www.ledger.example"
TITLES = [
    "Parliament votes on the river treaty",
    "The central bank leaves rates as they are",
    "Researchers find a fossil under the new school",
    "Trains run on time for a whole week",
    "Theatre opens with an old comedy",
]


def fetcher(pages: dict[str, str]) -> CannedFetcher:
    return CannedFetcher({SITE + path: Answer(200, t.replace("{url}", SITE).encode()) for path, t in pages.items()})


def site_of(**changed: object) -> Site:
    pages = {"/": front(title="The Ledger"), "/feed": rss(TITLES, NOW - timedelta(hours=1))}
    return replace(discover(SITE + "/", fetcher(pages)), **changed)  # type: ignore[arg-type]


def settings_of(text: str, folder: Path) -> Settings:
    (folder / "digest.toml").write_text(text, encoding="utf-8")
    return load_settings(folder, {})


def test_the_sample_comes_with_its_readers(tmp_path: Path) -> None:
    taken = found(tmp_path / "paper", StillClock(NOW), {})
    assert taken.new > 10
    assert (tmp_path / "paper" / "sample" / "stories").is_dir()


def test_a_bare_publication_loads_and_has_no_readers(tmp_path: Path) -> None:
    assert found(tmp_path / "my-paper", StillClock(NOW), {}, empty=True).new == 0
    settings = load_settings(tmp_path / "my-paper", {})
    assert settings.publication.id == "my-paper"
    (result,) = gather(_opened(tmp_path / "my-paper"))
    assert not result.failures


def test_nothing_is_written_over_a_publication(tmp_path: Path) -> None:
    (tmp_path / "digest.toml").write_text("# mine")
    for attempt in (
        lambda: found(tmp_path, StillClock(NOW), {}),
        lambda: found_site(tmp_path, SITE, StillClock(NOW), {}),
    ):
        with pytest.raises(UsageError, match="already a publication"):
            attempt()
    assert (tmp_path / "digest.toml").read_text() == "# mine"


def test_ones_own_news_becomes_a_first_edition(tmp_path: Path) -> None:
    head = "<meta property='og:site_name' content='The Ledger'><meta name='theme-color' content='#ffd400'>"
    pages = {"/": front(head), "/feed": rss(TITLES, NOW - timedelta(hours=1))}
    site, project = found_site(tmp_path / "own", SITE + "/", StillClock(NOW), {}, fetch=fetcher(pages))
    settings = project.settings
    assert settings.publication.name == site.name == "The Ledger"
    assert settings.publication.id == "the-ledger"
    assert settings.publication.from_ == "The Ledger <newsletter@ledger.example>"
    assert [(s.kind, s.url) for s in settings.sources] == [("feed", SITE + "/feed")]
    assert not settings.fetch.private_addresses
    assert settings.digests["daily"].topics == tuple(settings.topics)
    assert len(settings.topics) >= 6
    (tmp_path / "own" / "stories").mkdir()
    _as_folder(tmp_path / "own", pages["/feed"])
    opened = _opened(tmp_path / "own")
    list(gather(opened))
    built = build(opened, draft(opened, identify(opened, "daily")))
    (rendering,) = built.renderings.values()
    assert rendering.stories >= 4
    assert "The Ledger" in rendering.html


def test_a_site_in_another_language_begins_with_its_own_sections(tmp_path: Path) -> None:
    feed = rss(TITLES, NOW, language="de", category="Kultur &amp; Straße")
    site = discover(SITE + "/", fetcher({"/": front(language="de-DE"), "/feed": feed}))
    settings = settings_of(toml_of(site, NOW), tmp_path)
    assert settings.publication.language == "de"
    assert {key: topic.label for key, topic in settings.topics.items()} == {"kultur-strasse": "Kultur & Straße"}
    assert "category:Kultur & Straße" in settings.topics["kultur-strasse"].sections


def test_a_language_without_our_words_is_said_in_english(tmp_path: Path) -> None:
    assert settings_of(toml_of(site_of(language="fi"), NOW), tmp_path).publication.language == "en"


@pytest.mark.parametrize(("hours", "window"), [(1, "24h"), (16, "3d"), (40, "7d"), (300, "30d")])
def test_the_window_is_as_wide_as_the_site_is_slow(hours: int, window: str, tmp_path: Path) -> None:
    times = tuple(NOW - timedelta(hours=hours * number) for number in range(6))
    assert settings_of(toml_of(site_of(times=times), NOW), tmp_path).digests["daily"].window.text == window


def test_other_ways_stand_in_comments(tmp_path: Path) -> None:
    head = "<link rel='https://api.w.org/' href='/wp-json/'>"
    head += "<link rel='alternate' type='application/rss+xml' href='/feed'>"
    pages = {"/": front(head), "/feed": rss(TITLES, NOW)}
    pages["/wp-json/wp/v2/posts?per_page=50&_embed=1"] = posts(TITLES, NOW)
    text = toml_of(discover(SITE + "/", fetcher(pages)), NOW)
    assert [s.kind for s in settings_of(text, tmp_path).sources] == ["feed"]
    lines = [line.removeprefix("# ") if "site-2" in line or "wordpress" in line or "wp-json" in line
             or line.startswith("# [[sources]]") else line for line in text.splitlines()]  # fmt: skip
    again = settings_of("\n".join(lines), tmp_path)
    assert [s.kind for s in again.sources] == ["feed", "wordpress"]


def test_a_site_that_offers_nothing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no feed, sitemap or WordPress") as caught:
        found_site(tmp_path / "own", SITE + "/", StillClock(NOW), {}, fetch=fetcher({"/": front()}))
    assert "--empty" in str(caught.value)
    assert not (tmp_path / "own").exists()


HOSTILE = st.text(max_size=80) | st.sampled_from(
    [
        'x"\n[delivery]\ntransport = "smtp"',
        '"""\n[[sources]]',
        "\\",
        "# no\r\n[fetch]\nprivate_addresses = true",
        "{{ 7*7 }} <script>",
        "\x7f\x00\u2028\u202e",
        "名" * 80,
        '"><img src=x>',
    ]
)


@given(HOSTILE, HOSTILE, st.lists(HOSTILE, max_size=4), HOSTILE)
def test_no_name_label_or_section_breaks_out_of_its_line(
    name: str, label: str, sections: list[str], word: str
) -> None:
    offers = (Offer("feed", SITE + "/feed", label, 3, 9), Offer("wordpress", SITE + "/wp-json/", word, 3))
    site = site_of(name=name, sources=offers, sections=tuple(sections), language="de", logo=SITE + "/l.png")
    folder = Path(tempfile.mkdtemp())
    try:
        settings = settings_of(toml_of(site, NOW), folder)
    finally:
        shutil.rmtree(folder)
    assert settings.publication.name == (clean(name) or "ledger.example")
    assert [s.url for s in settings.sources] == [SITE + "/feed"]
    assert settings.delivery.transport == "folder"
    assert not settings.fetch.private_addresses
    assert settings.publication.from_.endswith("<newsletter@ledger.example>")
    assert settings.publication.from_.count("<") == 1
    assert {topic.label for topic in settings.topics.values()} <= {clean(section, 60) for section in sections}


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_is_made_readable_on_both_papers(number: int) -> None:
    theme = Theme()
    for paper in (theme.paper, theme.paper_dark):
        assert contrast(accent_on(f"#{number:06x}", paper), paper) >= 4.5


def test_a_readable_colour_stays_as_it_is() -> None:
    assert accent_on("#9a3412", Theme().paper) == "#9a3412"


def _opened(folder: Path):  # type: ignore[no-untyped-def]
    from digest.pipeline.project import open_project

    return open_project(load_settings(folder, {}), StillClock(NOW), {})


def _as_folder(folder: Path, feed: str) -> None:
    """The same stories from a file, since a canned fetcher does not outlive the founding."""
    (folder / "stories" / "feed.xml").write_text(feed.replace("{url}", SITE), encoding="utf-8")
    text = (folder / "digest.toml").read_text(encoding="utf-8")
    text = text.replace('kind = "feed"', 'kind = "folder"\npath = "stories"')
    (folder / "digest.toml").write_text(text, encoding="utf-8")
