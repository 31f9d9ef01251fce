"""An edition to render: invented stories of an invented paper, with every part of the contract in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from digest.models.edition import Line
from digest.models.story import Image, Kind
from digest.render import Context, EditionView, PublicationView, SectionView, SegmentView, StoryView


def takeaways(*texts: str) -> tuple[Line, ...]:
    return tuple(Line(text, f"takeaway:{at}") for at, text in enumerate(texts, 1))


def story(name: str, headline: str, **more: object) -> StoryView:
    more.setdefault("url", f"https://news.example/{name}")
    return StoryView(id=name, headline=headline, **more)  # type: ignore[arg-type]


LEAD = story(
    "river-accord",
    "Five countries agree to share the waters of the Sarda after eleven years of talks",
    lines=takeaways(
        "The accord sets a yearly minimum flow for each country and a common gauge network to measure it.",
        "Farmers downstream get 14% more water in the dry months from March, according to the joint secretariat.",
        "Parliaments have until 30 June to ratify; two opposition parties have said they will vote against it.",
    ),
    image=Image(
        "https://img.example/sarda.jpg", "Delegates on the bridge over the Sarda at dawn", "Mira Anand", 1600, 900
    ),
    author="Mira Anand",
    section="Asia",
    minutes=6,
)

WORLD = SectionView(
    "world",
    "World",
    (
        story(
            "port-strike",
            "Dockers end a nineteen-day strike at the northern ports",
            lines=takeaways(
                "Crews return on Thursday after a deal worth 9% over two years.",
                "Some 140 ships are still waiting at anchor, and the backlog will take until mid-December.",
            ),
            minutes=3,
        ),
        story(
            "coalition",
            "Why the coalition in Vell may not survive its own budget",
            lines=(
                Line("The smallest partner has let two deadlines pass without saying how it will vote.", "excerpt"),
            ),
            kind=Kind.ANALYSIS,
            author="Jonas Petersen",
            minutes=5,
        ),
    ),
)

BUSINESS = SectionView(
    "business",
    "Business",
    (
        story(
            "rates",
            "Central bank holds rates at 4.25% and drops its warning on wages",
            lines=takeaways(
                "Seven of nine members voted to hold; two wanted a cut of a quarter point.",
                "The bank now expects inflation of 2.1% at the end of next year.",
            ),
            minutes=4,
        ),
        story(
            "grid",
            "Grid operators ask for a say in where data centres are built",
            lines=(
                Line("Connection requests have tripled since January, and three regions have none left.", "excerpt"),
            ),
            source="The Wire",
            paywalled=True,
            minutes=7,
        ),
    ),
)

TECHNOLOGY = SectionView(
    "technology",
    "Technology",
    (
        story(
            "satellites",
            "A small observatory maps 3,000 pieces of debris nobody had listed",
            lines=takeaways("The survey used two telescopes and took fourteen months."),
            minutes=4,
        ),
    ),
)

LATEST = (
    story("trains", "Night trains return to the coast line", excerpt="Four services a week from 14 December."),
    story(
        "museum",
        "The city museum reopens its map room",
        excerpt="After a flood and six years, 11,000 sheets are back on show.",
    ),
    story(
        "marathon",
        "A record field for Sunday’s half marathon",
        url=None,
        excerpt="Organisers closed entries at 32,000 runners.",
    ),
)


def edition(**changes: object) -> Context:
    """The sample edition, with any field of the context replaced."""
    values: dict[str, object] = {
        "publication": PublicationView(
            name="The Ledger",
            url="https://news.example/",
            postal_address="1 Press Lane\nDelhi 110001",
            city="Delhi",
            contact="desk@news.example",
        ),
        "edition": EditionView(
            id="daily/2026-11-24",
            date=date(2026, 11, 24),
            subject="Five countries agree to share the Sarda",
        ),
        "segment": SegmentView("everyone", "Everyone"),
        "lead": LEAD,
        "sections": (WORLD, BUSINESS, TECHNOLOGY),
        "latest": LATEST,
        "related": (
            ("What the farmers of the lower valley say", "https://news.example/valley"),
            ("Eleven years of talks in nine dates", "https://news.example/dates"),
        ),
        "popular": (
            ("World", "https://news.example/world/"),
            ("Business", "https://news.example/business/"),
            ("Technology", "https://news.example/technology/"),
            ("Culture", "https://news.example/culture/"),
        ),
        "weather": "6 °C",
        "preheader": "Dockers go back to work, rates stay at 4.25%, and a map of debris nobody had listed",
    }
    values.update(changes)
    return Context(**values)  # type: ignore[arg-type]


PICTURE = Image("https://img.example/port.jpg", "Ships at anchor off the northern port", "The Wire", 1600, 900)


def of_template(template: str) -> Context:
    """The sample edition as this template would have it: one story for breaking news, pictures for the week."""
    if template == "breaking":
        lead = replace(LEAD, published=datetime(2026, 11, 24, 14, 5, tzinfo=UTC))
        return edition(lead=lead, sections=(), latest=(), popular=())
    if template == "weekly":
        return edition(
            sections=tuple(
                replace(section, stories=tuple(replace(each, image=PICTURE) for each in section.stories))
                for section in (WORLD, BUSINESS, TECHNOLOGY)
            )
        )
    return edition()


def of_size(count: int) -> Context:
    """An edition of `count` stories, lead and rail included, none of them with a picture."""
    plain = replace(LEAD, image=None)
    known = (*WORLD.stories, *BUSINESS.stories, *TECHNOLOGY.stories)
    stories = tuple(
        replace(known[at % len(known)], id=f"s{at}", url=f"https://news.example/s{at}") for at in range(count - 1)
    )
    sections = tuple(
        SectionView(f"topic{at}", f"Topic {at}", stories[at * 6 : at * 6 + 6]) for at in range((count + 4) // 6)
    )
    return edition(lead=plain, sections=tuple(s for s in sections if s.stories), latest=())
