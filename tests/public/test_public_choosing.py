"""A reader's own page: choices, the next mail, a new address, their data, and being forgotten."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from public_paper import EDITION, READER, bodies, everything, letter_kinds, mails, person, state, token, words

from digest.audiences.words import email_key
from digest.clock import StillClock
from digest.models.people import Frequency
from digest.pipeline import letters, preferences
from digest.pipeline.preferences import Wishes
from digest.pipeline.project import Project
from digest.readers import normalise
from digest.store.joining import Joining, join

CHOICES = {
    "do": "save",
    "topics": ["world", "city"],
    "frequency": "weekdays",
    "pause": "",
    "name": "Meera R.",
    "language": "hi",
    "timezone": "Europe/Berlin",
}


def page(project: Project) -> str:
    return f"/p/{token(project, 'p')}"


def test_choices_are_saved_and_said(project: Project, guest: Any) -> None:
    answer = guest.post(page(project), data=CHOICES | {"language": "en"})
    assert answer.status_code == 200
    assert "Changed: Topics, How often, Name, Time zone." in words(answer.text)
    assert (state(project)["topics"], state(project)["frequency"]) == (",world,city,", "weekdays")
    assert (person(project)["name"], person(project)["timezone"]) == ("Meera R.", "Europe/Berlin")
    again = guest.post(page(project), data=CHOICES | {"language": "en"})
    assert "Nothing was different" in words(again.text)


def test_the_page_shows_the_address_masked_and_the_next_mail(project: Project, guest: Any) -> None:
    shown = words(guest.get(page(project)).text)
    assert "sent to m•••@r•••.example" in shown
    assert person(project)["email"] not in shown
    assert "Wednesday 25 November 2026 Business · World" in shown or "World · Business" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("frequency", "hourly"),
        ("pause", "2020-01-01"),
        ("pause", "not a day"),
        ("pause", "2099-01-01"),
        ("language", "tlh"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("topics", "secret"),
    ],
)
def test_a_choice_that_cannot_be_changes_nothing_and_is_named(
    project: Project, guest: Any, field: str, value: str
) -> None:
    before = everything(project)
    answer = guest.post(page(project), data=CHOICES | {field: value})
    assert answer.status_code == 422
    assert "Please look again" in words(answer.text)
    assert 'role="alert"' in answer.text
    assert everything(project) == before


def test_a_pause_moves_the_next_mail_and_ends_by_itself(project: Project, guest: Any, clock: StillClock) -> None:
    until = date(2026, 12, 5).isoformat()
    answer = guest.post(page(project), data=CHOICES | {"frequency": "daily", "language": "en", "pause": until})
    assert "Saturday 5 December 2026" in words(answer.text)
    assert state(project)["state"] == "paused"
    clock.forward(timedelta(days=14))
    held = preferences.reader(project, READER, "daily")
    assert held is not None
    assert not preferences.paused(held, project.now())


@pytest.mark.parametrize(
    ("frequency", "day"),
    [("daily", "2026-11-25"), ("weekdays", "2026-11-25"), ("weekly", "2026-12-01"), ("big", None)],
)
def test_the_next_mail_goes_by_the_frequency(project: Project, frequency: str, day: str | None) -> None:
    held = preferences.reader(project, READER, "daily")
    assert held is not None
    preferences.change(project, held, Wishes((), frequency, "", "", "", ""))
    held = preferences.reader(project, READER, "daily")
    assert held is not None
    found = preferences.next_mail(project, held)
    assert found.day == (date.fromisoformat(day) if day else None)
    assert found.why == ("big" if frequency == Frequency.BIG else "")


def test_a_name_that_would_forge_a_header_is_one_line(project: Project, guest: Any) -> None:
    guest.post(page(project), data=CHOICES | {"name": "Mallory\r\nBcc: everyone@reader.example"})
    assert "\n" not in person(project)["name"]
    assert "\r" not in person(project)["name"]


def test_a_new_address_counts_once_it_is_confirmed_there(project: Project, guest: Any) -> None:
    before = person(project)["email"]
    answer = guest.post(page(project), data={"do": "address", "email": "Meera.New@reader.example"})
    assert "One step left" in words(answer.text)
    assert person(project)["email"] == before
    assert letters.send_due(project).accepted == 1
    mail = mails(project, "letters/2026-11-24/address")[0]
    assert mail["To"].addresses[0].addr_spec == "Meera.New@reader.example"
    link = "/a/" + bodies(mail)[1].partition("/a/")[2].split()[0]
    assert "Use this address?" in words(guest.get(link).text)
    assert person(project)["email"] == before
    assert "is changed" in words(guest.post(link).text)
    assert person(project)["email"] == "Meera.New@reader.example"
    assert person(project)["email_key"] == "meera.new@reader.example"
    assert guest.post(link).status_code == 410
    letters.send_due(project)
    told = mails(project, "letters/2026-11-24/moved")
    assert [mail["To"].addresses[0].addr_spec for mail in told] == [before]


def test_an_address_of_somebody_else_is_not_taken(project: Project, guest: Any) -> None:
    other = person(project, READER + 1)["email"]
    guest.post(page(project), data={"do": "address", "email": other})
    letters.send_due(project)
    mail = mails(project, "letters/2026-11-24/address")[0]
    link = "/a/" + bodies(mail)[1].partition("/a/")[2].split()[0]
    assert guest.post(link).status_code == 409
    assert person(project)["email"] != other


def test_asking_for_new_addresses_is_bounded(project: Project, guest: Any, clock: StillClock) -> None:
    for number in range(3):
        clock.forward(timedelta(seconds=1))
        answer = guest.post(page(project), data={"do": "address", "email": f"n{number}@reader.example"})
        assert answer.status_code == 200
    answer = guest.post(page(project), data={"do": "address", "email": "n4@reader.example"})
    assert answer.status_code == 422
    assert "three times today" in words(answer.text)


def test_the_link_to_a_new_address_ends_after_two_days(project: Project, guest: Any, clock: StillClock) -> None:
    guest.post(page(project), data={"do": "address", "email": "late@reader.example"})
    letters.send_due(project)
    mail = mails(project, "letters/2026-11-24/address")[0]
    link = "/a/" + bodies(mail)[1].partition("/a/")[2].split()[0]
    clock.forward(timedelta(days=2))
    assert guest.post(link).status_code == 410


def test_my_data_holds_what_is_kept_and_nobody_else(project: Project, guest: Any) -> None:
    answer = guest.get(f"{page(project)}/data.json")
    found = json.loads(answer.text)
    assert found["subscriber"][0]["email"] == person(project)["email"]
    assert [row["edition"] for row in found["deliveries"]] == [EDITION]
    assert found["consents"]
    assert person(project, READER + 1)["email"] not in answer.text
    assert "attachment" in answer.headers["content-disposition"]


def test_being_forgotten_leaves_no_trace_but_a_keyed_hash(project: Project, guest: Any) -> None:
    email, name = person(project)["email"], person(project)["name"]
    guest.post("/lost", data={"email": email})
    letters.send_due(project)
    files = len(mails(project))
    assert "Shall we forget you?" in words(guest.get(f"{page(project)}/forget").text)
    assert person(project)["email"] == email
    answer = guest.post(f"{page(project)}/forget", data={"do": "forget"})
    assert "know nothing about you" in words(answer.text)
    kept = repr(everything(project))
    assert email not in kept
    assert name not in kept
    assert len(mails(project)) == files - 1
    assert email not in "".join(path.read_text(errors="replace") for path in project.root.rglob("*.eml"))
    assert mails(project, "letters") == []
    assert guest.get(page(project)).status_code == 410
    assert person(project)["forgotten"]
    # No import brings them back.
    address = normalise(email)
    with project.store.database.begin() as connection:
        join(connection, [Joining(address.email, email_key(email))], project.store.suppression_key, project.now())
    assert [row[3] for row in everything(project)["suppressions"]] == ["forgotten"]


def test_who_has_left_may_come_back_from_their_page(project: Project, guest: Any) -> None:
    guest.post(f"/u/{token(project, 'u')}", data={"do": "leave"})
    assert "None: you have left" in words(guest.get(page(project)).text)
    # Saving choices is not coming back.
    guest.post(page(project), data=CHOICES)
    assert state(project)["state"] == "left"
    guest.post(page(project), data={"do": "undo"})
    assert state(project)["state"] == "active"


def test_letters_are_written_by_kind(project: Project, guest: Any) -> None:
    guest.post(page(project), data={"do": "address", "email": "kind@reader.example"})
    assert letter_kinds(project) == [("address", "queued")]


def test_text_only_is_a_box_that_can_be_ticked_and_cleared(project: Project, guest: Any) -> None:
    assert 'name="plain" value="yes" aria-describedby="plain_hint">' in guest.get(page(project)).text
    guest.post(page(project), data=CHOICES | {"language": "en"})
    answer = guest.post(page(project), data=CHOICES | {"language": "en", "plain": "yes"})
    assert "Changed: Plain text only." in words(answer.text)
    assert 'name="plain" value="yes" aria-describedby="plain_hint" checked>' in answer.text
    assert person(project)["plain"] is True
    told = json.loads(guest.get(page(project) + "/data.json").text)
    assert told["subscriber"][0]["plain"] is True
    assert told["deliveries"][0]["plain"] is False
    guest.post(page(project), data=CHOICES | {"language": "en"})
    assert person(project)["plain"] is False
