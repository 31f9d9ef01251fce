"""Subject, preheader, and words that must not leave the newsroom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize("subject", ["", "  ", "{{name}}"])
def test_an_empty_subject_blocks(found: Found, subject: str) -> None:
    hits = found(subject=subject, slots=("name", "browser_url", "unsubscribe_url"))["text.subject"]
    assert hits[0].level == "error"


def test_the_last_subject_again_blocks(found: Found) -> None:
    hits = found(subject_last="five countries  AGREE to share a river")["text.subject-repeat"]
    assert hits[0].level == "error"
    assert "text.subject-repeat" not in found(subject_last=None)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("A subject that goes on and on for much longer than anybody will ever see", "cut"),
        ("SHOUTING ALL THE WAY THROUGH", "capitals"),
        ("You will not believe this river!!", "shouts"),
        ("RE: Five countries agree to share", "reply"),
    ],
)
def test_a_subject_that_harms_is_warned_about(found: Found, subject: str, words: str) -> None:
    hits = found(subject=subject)["text.subject"]
    assert any(words in hit.message and hit.level == "warning" for hit in hits)


def test_a_subject_in_a_script_without_capitals_is_not_shouting(found: Found) -> None:
    hits = found(subject="पाँच देश नदी का पानी बाँटने पर सहमत हुए").get("text.subject", [])
    assert not any("capitals" in hit.message for hit in hits)


def test_the_preheader_is_there_says_more_and_has_a_length(found: Found) -> None:
    assert found(preheader="")["text.preheader"][0].level == "error"
    assert found(preheader="Five countries agree to share a river")["text.preheader"][0].level == "warning"
    assert found(preheader="Too short")["text.preheader"][0].level == "warning"
    assert "text.preheader" not in found(preheader="x" * 60)


@pytest.mark.parametrize(
    "left",
    [
        "{{ first_name }}",
        "{% if x %}",
        "Quote TK",
        "TKTK",
        "Lorem ipsum dolor",
        "*|FNAME|*",
        "%%name%%",
        "zqslot3zq",
        "&#123;&#123;x&#125;&#125;",
    ],
)
def test_a_placeholder_in_the_html_blocks(found: Found, left: str) -> None:
    hits = found("Talks took eleven years.", left)["text.placeholder"]
    assert (hits[0].level, hits[0].where) == ("error", "html")


@pytest.mark.parametrize("place", ["subject", "preheader", "text"])
def test_a_placeholder_anywhere_else_blocks_too(found: Found, place: str) -> None:
    hits = found(**{place: "Dear {{ first_name }}, five countries agree to share a river"})["text.placeholder"]
    assert place in {hit.where for hit in hits}


@pytest.mark.parametrize("fine", ["Flight TK 1981 was late", "TK1 and ATK rose", "Fifty % } of", "a } b { c"])
def test_what_only_looks_like_one_passes(found: Found, fine: str) -> None:
    assert "text.placeholder" not in found("Talks took eleven years.", fine)


def test_text_of_another_segment_blocks_wherever_it_stands(found: Found) -> None:
    secret = "rates stay where they are"
    hits = found(elsewhere=(secret, "not in this mail at all"))["segment.leak"]
    assert {hit.where for hit in hits} == {"preheader"}
    assert "segment.leak" not in found(elsewhere=("world",))
