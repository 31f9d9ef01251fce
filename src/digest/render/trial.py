"""Invented editions that use every field, none, and awkward characters: what a compiled template is tried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from digest.models.edition import Line
from digest.models.story import Image, Kind
from digest.render.context import Context, EditionView, PublicationView, SectionView, SegmentView, StoryView

_AWKWARD = 'Tom & "Ann\'s" <b> größer 1 > 0 {{email}} {% if %}'


def trials() -> tuple[Context, ...]:
    """A full edition, a bare one, and one of few parts."""
    story = StoryView(
        id="a",
        headline=_AWKWARD,
        url="https://news.example/a?b=1&c=2",
        lines=(Line(_AWKWARD, "takeaway:1"), Line("Two", "takeaway:2"), Line("Three", "sentence:1")),
        excerpt=_AWKWARD,
        image=Image("https://news.example/a.jpg?x=1&y=2", _AWKWARD, _AWKWARD, 1600, 900),
        author=_AWKWARD,
        source="Wire",
        section="Asia",
        kind=Kind.OPINION,
        paywalled=True,
        minutes=3,
    )
    bare = StoryView(id="b", headline="Bare")
    turned = replace(story, id="c", language="ar", kind=Kind.NEWS, minutes=None, image=None)
    plain = replace(bare, id="d", url="https://news.example/d", excerpt="An excerpt.", language="fr")
    size_unknown = replace(plain, id="e", image=Image("https://news.example/e.jpg"))
    full = Context(
        publication=PublicationView(
            _AWKWARD, "https://news.example/", "1 Press Lane\nDelhi", city="Delhi", contact="a@news.example"
        ),
        edition=EditionView("daily/2026-11-24", date(2026, 11, 24), _AWKWARD, label="Daily"),
        segment=SegmentView("everyone", "Everyone"),
        lead=story,
        sections=(
            SectionView("one", _AWKWARD, (turned, bare, plain), "https://news.example/one"),
            SectionView("two", "Two", (story,)),
        ),
        latest=(plain, bare, turned),
        related=((_AWKWARD, "https://news.example/r"), ("Without link", None)),
        popular=(("World", "https://news.example/world/"), (_AWKWARD, None), ("Last", "https://news.example/l")),
        weather="6 °C",
    )
    empty = Context(
        publication=PublicationView("P"),
        edition=EditionView("daily/2026-11-24", date(2026, 11, 24), "Nothing"),
        segment=SegmentView("everyone"),
    )
    return full, empty, replace(empty, lead=size_unknown, latest=(bare,)), replace(empty, lead=turned)
