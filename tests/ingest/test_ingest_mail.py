"""A saved mail is a story: its subject, date, sender, and what it says."""

from __future__ import annotations

from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from digest.ingest import parse
from digest.models.story import SourceFailure, Story


def mail(
    html: str | None, plain: str = "The bridge opens on Friday, the water board said.\n\nBuses run from noon."
) -> bytes:
    made = EmailMessage()
    made["Subject"] = "Bridge opens on Friday"
    made["From"] = "Press Office <press@board.example>"
    made["Date"] = "Mon, 23 Nov 2026 10:15:00 +0530"
    made.set_content(plain)
    if html:
        made.add_alternative(html, subtype="html")
    return made.as_bytes()


def test_a_press_release() -> None:
    html = (
        "<html><body><h2>Key Takeaways</h2><ul><li>The bridge opens on Friday at nine</li>"
        "<li>Buses will run from noon</li></ul><p>The bridge over the canal opens on Friday, the board said.</p>"
        "<p>It was closed for eleven months while its cables were renewed.</p></body></html>"
    )
    (story,) = parse(mail(html), "release.eml")
    assert isinstance(story, Story)
    assert story.title == "Bridge opens on Friday"
    assert story.author == "Press Office"
    assert story.published
    assert story.published.isoformat() == "2026-11-23T10:15:00+05:30"
    assert story.takeaways == ("The bridge opens on Friday at nine", "Buses will run from noon")
    assert "eleven months" in story.body
    assert story.url is None


def test_plain_text_is_enough() -> None:
    (story,) = parse(mail(None), "release.eml")
    assert isinstance(story, Story)
    assert story.body.split("\n\n") == ["The bridge opens on Friday, the water board said.", "Buses run from noon."]


def test_a_mail_without_subject_or_text_says_so() -> None:
    (failure,) = parse(b"From: a@b.example\n\nText\n", "x.eml")
    assert isinstance(failure, SourceFailure)
    assert "subject" in failure.what
    (failure,) = parse(b"Subject: S\n\n", "x.eml")
    assert isinstance(failure, SourceFailure)
    assert "without text" in failure.what


@given(st.binary(max_size=400))
def test_whatever_lies_in_the_file_nothing_is_raised(data: bytes) -> None:
    for item in parse(b"Subject: x\nContent-Type: text/html; charset=nonsense\n" + data, "x.eml"):
        assert isinstance(item, Story | SourceFailure)
