"""Copies of pictures: made once, named by address, served to readers, and never in the way of an edition."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image as Pillow

from digest.ingest import Answer, CannedFetcher
from digest.models.story import Image
from digest.pipeline.build import build
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.pictures import copies, file_of, name_of
from digest.pipeline.project import Project

SEEN = Image("https://img.example/a.jpg", "A bridge", "The Wire", 3200, 1800)
GONE = Image("https://img.example/gone.jpg", "Nothing")


def photo() -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (3200, 1800), "tomato").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def site() -> CannedFetcher:
    return CannedFetcher({SEEN.url: Answer(body=photo()), GONE.url: Answer(404)})


@pytest.fixture
def own(project: Project) -> Project:
    """The sample paper with copies of its own."""
    return replace(project, settings=replace(project.settings, images=replace(project.settings.images, resize=True)))


def test_a_copy_is_made_once_and_keeps_alt_and_credit(own: Project, site: CannedFetcher) -> None:
    for _ in range(2):
        found = copies(own, [SEEN, GONE], lambda: site)
    copy = found.instead(SEEN)
    assert copy is not None
    assert copy.url == f"{own.settings.publication.base_url}/i/{name_of(SEEN.url)}.jpg"
    assert (copy.alt, copy.credit, copy.width, copy.height) == ("A bridge", "The Wire", 1160, 652)
    assert found.instead(GONE) is None
    assert found.instead(None) is None
    assert sorted(url for url, _ in site.asked) == [SEEN.url, GONE.url]


def test_only_a_copys_own_name_leads_to_a_file(own: Project, site: CannedFetcher) -> None:
    copies(own, [SEEN], lambda: site)
    assert file_of(own, f"{name_of(SEEN.url)}.jpg") is not None
    for name in ("", "../digest.toml", f"{name_of(SEEN.url)}.json", f"{name_of(GONE.url)}.jpg", "a" * 26 + ".jpg"):
        assert file_of(own, name) is None


def test_an_edition_shows_the_copies_and_only_those(own: Project, site: CannedFetcher) -> None:
    made = draft(own, identify(own, "daily"))
    lead = made.base.sections[0].picks[0].story
    other = made.base.sections[1].picks[0].story
    stories = {**made.stories, lead: replace(made.stories[lead], image=SEEN)}
    stories[other] = replace(made.stories[other], image=GONE)
    copies(own, [SEEN, GONE, *(s.image for s in stories.values() if s.image)], lambda: site)
    html = build(own, replace(made, stories=stories), keep=False).renderings["everyone"].html
    assert f"/i/{name_of(SEEN.url)}.jpg" in html
    assert "img.example" not in html


def test_without_the_wish_pictures_stay_where_they_are(project: Project, reopen: Callable[[], Project]) -> None:
    made = draft(project, identify(project, "daily"))
    lead = made.base.sections[0].picks[0].story
    stories = {**made.stories, lead: replace(made.stories[lead], image=SEEN)}
    assert SEEN.url in build(project, replace(made, stories=stories), keep=False).renderings["everyone"].html
    assert not (project.root / "var" / "pictures").exists()
