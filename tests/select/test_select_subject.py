"""Subject and preheader in the stories' own words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.models.story import Kind, Story
from digest.select.subject import headlines, preheader, subject


def story(title: str, **more: object) -> Story:
    return Story(id=title[:16], title=title, **more)  # type: ignore[arg-type]


SEED = story(
    "US-Japan Sign Rare Earth Deal to Counter China’s Supply Dominance",
    takeaways=(
        "US and Japan sign critical minerals deal to secure rare earth supplies",
        "Agreement aims to reduce dependence on China, which dominates global production",
        "Comes ahead of Trump’s meeting with Xi Jinping in South Korea",
    ),
)
BAN = story("Australia Social Media Ban: 5 Million Kids’ Accounts Deleted in a Month")
CHIPS = story("Rising Memory Chip Prices Threaten Profits for Apple, HP, Dell")


def test_the_editors_words_stand_first_as_typed() -> None:
    found = subject(SEED, [BAN], "Tonight: a deal, and what it means…")
    assert found[0] == "Tonight: a deal, and what it means…"
    assert 1 <= len(found) <= 3


def test_the_leads_short_headline_comes_before_its_title() -> None:
    lead = story(
        "A very long title about many things: and more", short_titles=("Rare earth deal signed in Tokyo today",)
    )
    assert subject(lead, [])[0] == "Rare earth deal signed in Tokyo today"


def test_a_title_that_fits_stands_whole() -> None:
    assert subject(story("Parliament passes the budget after a long night"), [])[0] == (
        "Parliament passes the budget after a long night"
    )


def test_a_long_title_is_cut_at_a_clause_within_sixty_characters() -> None:
    (best, *_) = subject(SEED, [])
    assert best == "US-Japan Sign Rare Earth Deal"
    assert len(best) <= 60


def test_a_short_one_is_joined_by_the_second_storys_where_both_fit() -> None:
    assert subject(SEED, [BAN])[0] == "US-Japan Sign Rare Earth Deal · Australia Social Media Ban"
    assert subject(story("Ports reopen"), [story("A headline of more than forty-five letters stands here")])[0] == (
        "Ports reopen"
    )


def test_a_lead_with_no_words_that_fit_keeps_its_title_whole() -> None:
    title = "Nation’s oldest bridge over the northern river reopened to heavy lorries"
    assert subject(story(title), [BAN])[0] == title


def test_it_never_speaks_from_teasers_commerce_sponsored_or_sensitive_stories() -> None:
    lead = story("Ports reopen")
    for unfit in (
        story("Trains run again", teaser=True),
        story("Trains on sale now", kind=Kind.COMMERCE),
        story("Trains by Example Rail", kind=Kind.SPONSORED),
        story("Driver’s suicide halts trains"),
    ):
        assert subject(lead, [unfit]) == ("Ports reopen",)
    sensitive = story("Coach charged with sexual assault of players")
    assert subject(sensitive, [CHIPS])[0] == subject(CHIPS, [])[0]
    assert subject(sensitive, []) == ("Coach charged with sexual assault of players",)
    assert subject(sensitive, [CHIPS], "Coach charged")[0] == "Coach charged"


def test_the_last_editions_subject_is_not_repeated() -> None:
    assert subject(CHIPS, [BAN], last=subject(CHIPS, [BAN])[0])[0] != subject(CHIPS, [BAN])[0]
    assert subject(story("Ports reopen"), [], last="PORTS REOPEN!") == ("Ports reopen",)


def test_three_candidates_at_most_none_twice() -> None:
    found = subject(SEED, [BAN, CHIPS, story("Parliament passes the budget after a long night")])
    assert len(found) == len(set(found)) == 3


def test_the_preheader_is_the_next_two_stories() -> None:
    line = preheader(SEED, [BAN, story("Parliament passes the budget")], "US-Japan Sign Rare Earth Deal")
    assert line == (
        "Australia Social Media Ban: 5 Million Kids’ Accounts Deleted in a Month · Parliament passes the budget"
    )
    assert 40 <= len(line) <= 110


def test_the_preheader_does_not_say_the_subject_again() -> None:
    chosen = subject(SEED, [BAN, CHIPS])[0]
    line = preheader(SEED, [BAN, CHIPS], chosen)
    assert line.startswith("Rising Memory Chip Prices")
    alone = preheader(SEED, [], "US-Japan Sign Rare Earth Deal")
    assert alone == "Agreement aims to reduce dependence on China, which dominates global production"


def test_the_preheader_passes_over_what_may_not_speak() -> None:
    shop = story("Best deals on kettles this week, up to half price", kind=Kind.COMMERCE)
    assert "kettles" not in preheader(SEED, [shop, CHIPS], "US-Japan Sign Rare Earth Deal")
    assert preheader(SEED, [shop], "x", "As  typed\n") == "As typed"


def test_a_lone_headline_has_no_preheader() -> None:
    assert preheader(story("Ports reopen"), [], "Ports reopen") == ""


PARTS = [
    "a",
    "bee",
    "Sea",
    " ",
    " ",
    " ",
    ": ",
    "; ",
    " — ",
    "?",
    "“",
    "”",
    "’",
    " not ",
    " says ",
    " as ",
    " after ",
    "\n",
]
TITLES = st.lists(st.sampled_from([*PARTS, "\u202e", "deal", " to counter "]), min_size=1, max_size=40).map("".join)


@given(TITLES, st.lists(TITLES, max_size=4), st.lists(TITLES, max_size=2))
def test_subjects_are_of_the_stories_words_without_line_breaks(title: str, rest: list[str], short: list[str]) -> None:
    lead, others = story(title, short_titles=tuple(short)), [story(one) for one in rest]
    found = subject(lead, others)
    assert 1 <= len(found) <= 3
    words = " ".join([title, *short, *rest])
    for text in found:
        assert "\n" not in text
        assert "…" not in text
        assert all(word in words for part in text.split(" · ") for word in part.split())
    line = preheader(lead, others, found[0])
    assert len(line) <= 110
    assert "\n" not in line


@given(TITLES)
def test_a_headline_is_never_longer_than_asked(title: str) -> None:
    assert all(len(text) <= 60 for text in headlines(story(title)))
