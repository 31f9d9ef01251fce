"""Unsubscribing: by one click, by a person's button, and every way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from public_paper import EDITION, READER, Visit, bodies, everything, mails, person, state, token, words
from sqlalchemy import update

from digest.clock import StillClock
from digest.models.mail import State
from digest.pipeline import parting
from digest.pipeline.build import build
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.send import MemorySender
from digest.store import handed_over, ledger
from digest.store.opening import add_signing_key
from digest.store.schema import subscribers
from digest.tokens import DEAD

ONE_CLICK = {
    "content": b"List-Unsubscribe=One-Click",
    "headers": {"content-type": "application/x-www-form-urlencoded"},
}


def test_one_click_is_answered_with_nothing_and_ends_the_subscription(project: Project, guest: Any) -> None:
    answer = guest.post(f"/u/{token(project, 'u')}", **ONE_CLICK)
    assert (answer.status_code, answer.content, answer.history) == (200, b"", [])
    assert "set-cookie" not in answer.headers
    assert state(project)["state"] == "left"
    assert guest.post(f"/u/{token(project, 'u')}", **ONE_CLICK).status_code == 200


def test_one_click_may_come_as_multipart(project: Project, guest: Any) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = guest.post(f"/u/{token(project, 'u')}", content=body, headers=kind)
    assert (answer.status_code, answer.content) == (200, b"")
    assert state(project)["state"] == "left"


def test_the_address_in_a_sent_mail_works_years_later(project: Project, guest: Any, clock: StillClock) -> None:
    mail = mails(project)[0]
    link = str(mail["List-Unsubscribe"]).partition("https://news.example")[2].partition(">")[0]
    clock.forward(timedelta(days=3650))
    number = int(link.split(".")[1])
    assert guest.post(link, **ONE_CLICK).status_code == 200
    assert state(project, number)["state"] == "left"


def test_a_page_has_one_main_button_and_acts_on_post_only(project: Project, guest: Any) -> None:
    page = guest.get(f"/u/{token(project, 'u')}")
    assert page.text.count('class="main"') == 1
    assert "@" not in words(page.text.split("<footer>")[0]).replace("•@", "")
    assert state(project)["state"] == "active"
    left = guest.post(f"/u/{token(project, 'u')}", data={"do": "leave"})
    assert left.status_code == 200
    assert "You have left" in words(left.text)
    assert state(project)["state"] == "left"
    assert "You have left" in words(guest.get(f"/u/{token(project, 'u')}").text)


def test_who_leaves_is_told_of_a_mail_that_lies_with_the_provider(
    project: Project, guest: Any, clock: StillClock
) -> None:
    address, on_its_way = f"/u/{token(project, 'u')}", "was already on its way"
    assert on_its_way not in words(guest.post(address, data={"do": "leave"}).text)
    with project.store.database.begin() as connection:
        run = ledger.last_run(connection, EDITION)
        assert run is not None
        handed_over.write(connection, run.id, "batch", clock() + timedelta(hours=1))
    for way in ("leave", "everything"):
        guest.post(address, data={"do": "undo"})
        assert on_its_way in words(guest.post(address, data={"do": way}).text)


def test_undo_brings_back_what_was_chosen(project: Project, guest: Any) -> None:
    before = state(project)
    address = f"/u/{token(project, 'u')}"
    guest.post(address, data={"do": "leave"})
    assert "You stay" in words(guest.post(address, data={"do": "undo"}).text)
    assert state(project) == before


def test_weekly_and_pause_instead(project: Project, guest: Any) -> None:
    address = f"/u/{token(project, 'u')}"
    assert "Once a week" in words(guest.post(address, data={"do": "weekly"}).text)
    assert (state(project)["state"], state(project)["frequency"]) == ("active", "weekly")
    assert "Paused until" in words(guest.post(address, data={"do": "pause"}).text)
    assert state(project)["state"] == "paused"
    assert state(project)["paused_until"] > project.now().timestamp()


def test_leaving_everything_suppresses_the_address_until_they_return(project: Project, guest: Any) -> None:
    address = f"/u/{token(project, 'u')}"
    assert "left everything" in words(guest.post(address, data={"do": "everything"}).text)
    assert [row[3] for row in everything(project)["suppressions"]].count("unsubscribed from everything") == 1
    guest.post(address, data={"do": "undo"})
    assert "unsubscribed from everything" not in [row[3] for row in everything(project)["suppressions"]]


def test_a_reason_is_kept_afterwards_and_bounded(project: Project, guest: Any) -> None:
    address = f"/u/{token(project, 'u')}"
    guest.post(address, data={"do": "leave"})
    answer = guest.post(address, data={"do": "why", "reason": "often", "words": "x" * 3000})
    assert "Thank you" in words(answer.text)
    told = [row for row in everything(project)["events"] if row[2] == "left"]
    assert [(row[4], len(row[5]["words"])) for row in told] == [("often", parting.MAX_WORDS)]


def test_a_dead_token_answers_and_acts_on_nothing(project: Project, guest: Any) -> None:
    before = everything(project)
    assert guest.get(f"/u/{DEAD}").status_code == 200
    assert guest.post(f"/u/{DEAD}", **ONE_CLICK).content == b""
    assert guest.post(f"/u/{DEAD}", data={"do": "leave"}).status_code == 200
    assert everything(project) == before


def test_whoever_was_forgotten_is_told_so_and_one_click_still_succeeds(project: Project, guest: Any) -> None:
    parting.forget(project, READER)
    assert "know nothing about you" in words(guest.get(f"/u/{token(project, 'u')}").text)
    assert guest.post(f"/u/{token(project, 'u')}", **ONE_CLICK).status_code == 200
    assert person(project)["email"] is None


def test_unsubscribing_is_never_refused_for_its_frequency(project: Project, guest: Any) -> None:
    for number in range(1, 11):
        for _ in range(5):
            assert guest.post(f"/u/{token(project, 'u', number)}", **ONE_CLICK).status_code == 200


def test_keys_may_be_changed_while_the_server_runs(project: Project, visit: Visit, folder: Any, clock: Any) -> None:
    from public_paper import opened

    guest = visit(project)
    old = token(project, "u")
    add_signing_key(project.store.database)
    other = opened(folder, clock)
    new = token(other, "u", 2)
    other.store.database.engine.dispose()
    assert new.split(".")[3] == "2"
    assert guest.post(f"/u/{new}", **ONE_CLICK).status_code == 200
    assert state(project, 2)["state"] == "left"
    assert guest.post(f"/u/{old}", **ONE_CLICK).status_code == 200
    assert state(project)["state"] == "left"


class LeavingSender(MemorySender):
    """Posts a one-click of the last reader as soon as the first message was taken."""

    def __init__(self, guest: Any, link: str) -> None:
        super().__init__()
        self._guest = guest
        self._link = link

    def send(self, messages: Any) -> Any:
        for delivery in super().send(messages):
            if len(self.sent) == 1:
                assert self._guest.post(self._link, **ONE_CLICK).status_code == 200
            yield delivery


def test_a_run_under_way_honours_it(project: Project, guest: Any) -> None:
    numbers = sorted(int(str(mail["List-Unsubscribe"]).split(".")[2]) for mail in mails(project))
    with project.store.database.begin() as connection:
        assert ledger.reopen(connection, EDITION, [State.ACCEPTED], project.now()) == len(numbers)
    built = build(project, draft(project, identify(project, EDITION)))
    sender = LeavingSender(guest, f"/u/{token(project, 'u', numbers[-1])}")
    options = Options(window=1, resume=True)
    with sender:
        list(deliver(project, built.draft.edition, built.renderings, sender, options, sleep=lambda _: None))
    with project.store.database.read() as connection:
        row = next(row for row in ledger.rows(connection, EDITION) if row.subscriber == numbers[-1])
    assert (row.state, row.reason) == (State.SKIPPED.value, "unsubscribed")
    assert len(sender.sent) == len(numbers) - 1


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "hi", "pt"])
def test_the_page_speaks_the_visitors_language(project: Project, visit: Visit, language: str) -> None:
    with project.store.database.begin() as connection:
        connection.execute(update(subscribers).where(subscribers.c.id == READER).values(language=language))
    page = visit(project).get(f"/u/{token(project, 'u')}")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    assert "Unsubscribe" not in page.text


def test_the_mail_of_this_edition_has_the_links(project: Project) -> None:
    html, text = bodies(mails(project, EDITION)[0])
    assert "https://news.example/u/u." in html
    assert "https://news.example/p/p." in text
