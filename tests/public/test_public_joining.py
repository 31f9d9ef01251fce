"""Signing up: asked by a form, confirmed from the mailbox, welcomed; and the same answer for everybody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from public_paper import (
    EDITION,
    READER,
    Visit,
    bodies,
    everything,
    letter_kinds,
    mails,
    opened,
    person,
    state,
    token,
    words,
)
from sqlalchemy import select

from digest.clock import StillClock
from digest.pipeline import letters, parting
from digest.pipeline.membership import suppress
from digest.pipeline.project import Project
from digest.store import welcomes
from digest.store.schema import consents, subscribers

DAY = "letters/2026-11-24"
NEW = "new.reader@reader.example"


def ask(guest: Any, email: str = NEW, **more: str) -> Any:
    return guest.post("/join", data={"email": email, "digest": "daily", **more})


def number(project: Project, email: str) -> int | None:
    with project.store.database.read() as connection:
        found: int | None = connection.scalar(select(subscribers.c.id).where(subscribers.c.email_key == email))
        return found


def confirming_link(project: Project) -> str:
    text = bodies(mails(project, f"{DAY}/confirm")[-1])[1]
    return "/j/" + text.partition("/j/")[2].split()[0]


def test_asking_is_confirmed_by_the_button_in_the_mail(project: Project, guest: Any, clock: StillClock) -> None:
    assert "One step left" in words(ask(guest).text)
    assert number(project, NEW) is None
    assert letters.send_due(project).accepted == 1
    mine = number(project, NEW)
    assert mine is not None
    assert state(project, mine)["state"] == "pending"
    link = confirming_link(project)
    assert "Only this button left" in words(guest.get(link).text)
    assert state(project, mine)["state"] == "pending"
    clock.forward(timedelta(hours=1))
    assert "You are in" in words(guest.post(link).text)
    assert state(project, mine)["state"] == "active"
    assert "You are in" in words(guest.post(link).text)
    assert letter_kinds(project) == [("ask", "accepted"), ("welcome", "queued")]


def test_what_was_agreed_to_is_kept_with_its_version_and_time(
    project: Project, guest: Any, clock: StillClock
) -> None:
    agree = re.search(r'class="agree">(.*?)<', guest.get("/join").text)
    assert agree
    ask(guest)
    letters.send_due(project)
    clock.forward(timedelta(minutes=5))
    guest.post(confirming_link(project))
    mine = number(project, NEW)
    with project.store.database.read() as connection:
        rows = connection.execute(select(consents).where(consents.c.subscriber == mine)).all()
    assert [(row.how, row.version) for row in rows] == [
        ("sign-up form, to be confirmed", "1"),
        ("double opt-in", "1"),
    ]
    assert {row.wording for row in rows} == {agree[1]}
    assert rows[1].at - rows[0].at == 300
    assert state(project, mine or 0)["consent"] == rows[1].id


def test_the_welcome_brings_the_latest_edition_and_tomorrow_does_not_repeat_it(project: Project, guest: Any) -> None:
    ask(guest)
    letters.send_due(project)
    guest.post(confirming_link(project))
    assert letters.send_due(project).accepted == 1
    html, text = bodies(mails(project, f"{DAY}/welcome")[0])
    assert "The latest edition, Tuesday 24 November 2026" in words(html)
    assert "Reply to this mail" in text
    assert "/p/p." in text
    assert html.count("<li") == text.count("\n* ") > 3
    mine = number(project, NEW)
    assert mine is not None
    since = project.now() - timedelta(days=1)
    with project.store.database.read() as connection:
        got = dict(welcomes.got(connection, [mine], since, but=""))
        again = dict(welcomes.got(connection, [mine], since, but=EDITION))
    assert len(got[mine]) == html.count("<li")
    assert again == {}


def test_known_and_unknown_addresses_get_the_same_answer(project: Project, guest: Any) -> None:
    known = person(project)["email"]
    suppressed = "complained@reader.example"
    suppress(project, suppressed, "complained")
    answers = {
        re.sub(r"[\w.]+@reader\.example", "ADDRESS", ask(guest, email).text) for email in (NEW, known, suppressed)
    }
    assert len(answers) == 1
    answers = {
        re.sub(r"[\w.]+@reader\.example", "ADDRESS", guest.post("/lost", data={"email": email}).text)
        for email in (NEW, known, suppressed)
    }
    assert len(answers) == 1


def test_asking_does_the_same_in_the_store_for_known_and_unknown(project: Project, guest: Any) -> None:
    before = everything(project, "letters")
    ask(guest, NEW)
    ask(guest, person(project)["email"])
    assert everything(project, "letters") == before
    assert letter_kinds(project) == [("ask", "queued")] * 2


def test_a_reader_who_asks_again_gets_their_links_and_nothing_changes(project: Project, guest: Any) -> None:
    before = everything(project, "letters")
    ask(guest, person(project)["email"])
    letters.send_due(project)
    assert everything(project, "letters") == before
    assert len(mails(project, f"{DAY}/links")) == 1
    assert mails(project, f"{DAY}/confirm") == []


def test_who_left_stays_gone_until_they_confirm(project: Project, guest: Any) -> None:
    parting.leave_everything(project, READER)
    ask(guest, person(project)["email"])
    letters.send_due(project)
    assert state(project)["state"] == "left"
    guest.post(confirming_link(project))
    assert state(project)["state"] == "active"
    assert "unsubscribed from everything" not in repr(everything(project)["suppressions"])


def test_an_old_button_does_not_bring_back_who_left_since(project: Project, guest: Any) -> None:
    ask(guest)
    letters.send_due(project)
    link = confirming_link(project)
    guest.post(link)
    mine = number(project, NEW) or 0
    guest.post(f"/u/{token(project, 'u', mine)}", data={"do": "leave"})
    guest.post(link)
    assert state(project, mine)["state"] == "left"


def test_the_button_ends_after_a_week(project: Project, guest: Any, clock: StillClock) -> None:
    ask(guest)
    letters.send_due(project)
    clock.forward(timedelta(days=7))
    for answer in (guest.get(confirming_link(project)), guest.post(confirming_link(project))):
        assert answer.status_code == 410
    assert state(project, number(project, NEW) or 0)["state"] == "pending"


def test_whoever_complained_or_bounced_is_not_written_to(project: Project, guest: Any) -> None:
    suppress(project, NEW, "complained")
    ask(guest)
    assert letters.send_due(project).dropped == 1
    assert mails(project, DAY) == []


def test_programs_that_fill_in_every_field_are_answered_and_ignored(project: Project, guest: Any) -> None:
    assert "One step left" in words(ask(guest, website="https://spam.example").text)
    assert letter_kinds(project) == []


def test_a_bad_address_is_said_next_to_the_field(project: Project, guest: Any) -> None:
    for bad in ("", "no address", "a@b", "x@reader.example\r\nBcc: y@reader.example"):
        answer = ask(guest, bad)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert letter_kinds(project) == []


def test_one_network_asks_ten_times_and_then_waits(project: Project, visit: Visit, clock: StillClock) -> None:
    guest = visit(project, peer="203.0.113.7")
    neighbour = visit(project, peer="198.51.100.9")
    for at in range(10):
        assert ask(guest, f"n{at}@reader.example").status_code == 200
    refused = ask(guest, "n11@reader.example")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert guest.post(f"/u/{token(project, 'u')}", data={"do": "leave"}).status_code == 200
    assert ask(neighbour, "n12@reader.example").status_code == 200
    clock.forward(timedelta(seconds=int(refused.headers["retry-after"])))
    assert ask(guest, "n13@reader.example").status_code == 200


def test_one_address_gets_three_letters_a_day(project: Project, visit: Visit, clock: StillClock) -> None:
    for at in range(5):
        clock.forward(timedelta(minutes=1))
        ask(visit(project, peer=f"192.0.{at}.1"))
        letters.send_due(project)
    assert len(mails(project, f"{DAY}/confirm")) == 3
    assert [state for _, state in letter_kinds(project)].count("dropped") == 2


def test_lost_links_come_by_mail_to_readers_only(project: Project, guest: Any) -> None:
    guest.post("/lost", data={"email": person(project)["email"]})
    guest.post("/lost", data={"email": NEW})
    worked = letters.send_due(project)
    assert (worked.accepted, worked.dropped) == (1, 1)
    text = bodies(mails(project, f"{DAY}/links")[0])[1]
    assert "/p/p." in text
    assert "/u/u." in text


def test_the_form_may_stand_in_another_page(project: Project, guest: Any) -> None:
    inside = guest.get("/join?embed=1")
    assert "frame-ancestors *" in inside.headers["content-security-policy"]
    assert "x-frame-options" not in inside.headers
    assert "frame-ancestors *" in ask(guest, embed="1").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in guest.get("/join").headers["content-security-policy"]


def test_sign_up_can_be_closed(project: Project, folder: Any, clock: StillClock, visit: Visit) -> None:
    file = folder / "digest.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[signup]\nopen = false\n", encoding="utf-8")
    closed = opened(folder, clock)
    assert ask(visit(closed)).status_code == 403
    assert letter_kinds(closed) == []
    closed.store.database.engine.dispose()


def test_the_language_follows_the_visitor(project: Project, visit: Visit) -> None:
    guest = visit(project, accept_language="fr-CH, fr;q=0.9, en;q=0.8")
    assert '<html lang="fr' in guest.get("/join").text
    assert '<html lang="ar" dir="rtl">' in guest.get("/join?lang=ar").text
    ask(guest, lang="fr")
    letters.send_due(project)
    assert mails(project, f"{DAY}/confirm")[0]["Subject"].startswith("À confirmer")
