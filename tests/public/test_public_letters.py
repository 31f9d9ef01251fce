"""Letters through the transport: retried while the other side asks for time, never twice, never lost in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from public_paper import READER, bodies, letter_kinds, mails, person, words

from digest.clock import StillClock
from digest.errors import SendError, TemplateError
from digest.models.mail import Answer, Delivery, Message, State
from digest.pipeline import letters, signing_up
from digest.pipeline.project import Project
from digest.pipeline.reader_words import FOLDER, reader_words, spoken_languages
from digest.render.words import languages
from digest.send import MemorySender, Place
from digest.store import letters as kept
from digest.store.schema import letters as table

NEW = "new@reader.example"


def ask(project: Project, email: str = NEW) -> None:
    assert signing_up.ask(project, email, "daily", "en", "Yes.") == ""


def test_a_letter_goes_through_the_transport_with_the_publications_headers(project: Project) -> None:
    ask(project)
    sender = MemorySender()
    assert letters.send_due(project, sender).accepted == 1
    message = sender.sent[0]
    head = dict(message.headers)
    assert message.to == NEW
    assert message.edition == "letters/2026-11-24"
    assert head["Auto-Submitted"] == "auto-generated"
    assert "/u/u." in head["List-Unsubscribe"]
    assert letters.send_due(project, sender).any is False
    assert len(sender.sent) == 1


def test_a_deferred_letter_is_tried_again_and_given_up_after_eight_tries(project: Project, clock: StillClock) -> None:
    ask(project)
    later = Delivery("", State.DEFERRED, "busy", retry_at=project.now())
    sender = MemorySender({NEW: later})
    waits = []
    for _ in range(12):
        letters.send_due(project, sender)
        with project.store.database.read() as connection:
            row = connection.execute(table.select()).one()
        if row.state != "queued":
            break
        waits.append(row.due - project.now().timestamp())
        clock.forward(timedelta(seconds=row.due - project.now().timestamp()))
    assert waits == [60.0 * 2**at for at in range(7)]
    assert len(sender.asked) == 8
    assert letter_kinds(project) == [("ask", "rejected")]
    # The person was made known once, whatever the number of tries.
    with project.store.database.read() as connection:
        from digest.store.schema import consents

        rows = connection.execute(consents.select().where(consents.c.how == signing_up.UNCONFIRMED)).all()
    assert len(rows) == 1


class CutOff(MemorySender):
    """Takes the message and dies before it says so, as a killed process does."""

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for message in messages:
            self.sent.append(message)
            raise KeyboardInterrupt
        yield from ()


@pytest.mark.parametrize(
    ("answer", "state"), [("accepted", "accepted"), ("absent", "accepted"), ("cannot", "unknown")]
)
def test_a_letter_in_doubt_is_asked_about_and_never_sent_twice(project: Project, answer: str, state: str) -> None:
    ask(project)
    with pytest.raises(KeyboardInterrupt):
        letters.send_due(project, CutOff())
    assert letter_kinds(project) == [("ask", "intent")]

    class Remembers(MemorySender):
        def reconcile(self, places: Any) -> dict[str, Answer]:
            assert [type(place) for place in places] == [Place]
            assert places[0].edition == "letters/2026-11-24"
            assert places[0].segment == "confirm"
            return {place.id: Answer(answer) for place in places}

    sender = Remembers()
    letters.send_due(project, sender)
    assert letter_kinds(project) == [("ask", state)]
    assert len(sender.sent) == (1 if answer == "absent" else 0)


def test_when_the_transport_fails_as_a_whole_letters_stay_queued(project: Project) -> None:
    ask(project)
    with pytest.raises(SendError):
        letters.send_due(project, MemorySender({NEW: SendError("the relay does not answer")}))
    assert letter_kinds(project) == [("ask", "queued")]
    assert letters.send_due(project, MemorySender()).accepted == 1


def test_only_one_process_sends_letters_at_a_time(project: Project) -> None:
    ask(project)
    with project.store.database.lock("letters", "sending letters"):
        assert letters.send_due(project, MemorySender()).any is False
    assert letter_kinds(project) == [("ask", "queued")]


def test_a_broken_template_delays_letters_and_loses_none(project: Project, clock: StillClock) -> None:
    own = project.root / "templates" / "letters"
    own.mkdir(parents=True)
    (own / "letter.txt.j2").write_text("{{ letter.nothing }}", encoding="utf-8")
    ask(project)
    with pytest.raises(TemplateError, match="nothing"):
        letters.send_due(project, MemorySender())
    assert letter_kinds(project) == [("ask", "queued")]
    (own / "letter.txt.j2").write_text("{{ letter.subject }} in our own words", encoding="utf-8")
    clock.forward(timedelta(minutes=5))
    sender = MemorySender()
    assert letters.send_due(project, sender).accepted == 1
    assert "in our own words" in sender.sent[0].variant.text


def test_old_letters_are_not_sent_and_done_ones_are_deleted(project: Project, clock: StillClock) -> None:
    ask(project)
    clock.forward(timedelta(days=3))
    assert letters.send_due(project, MemorySender()).dropped == 1
    assert letters.tidy(project) == 0
    clock.forward(timedelta(days=31))
    assert letters.tidy(project) == 1


def test_a_crowd_that_asks_is_told_to_wait(project: Project) -> None:
    with project.store.database.begin() as connection:
        for at in range(signing_up.QUEUE):
            kept.put(connection, "ask", f"n{at}@reader.example", {}, project.now())
    assert signing_up.ask(project, NEW, "daily", "en", "Yes.") == "busy"


@pytest.mark.parametrize("language", spoken_languages())
def test_every_language_has_every_phrase(language: str) -> None:
    ours, english = reader_words(language).entries, reader_words("en").entries
    assert ours.keys() == english.keys()
    assert set(spoken_languages()) == set(languages()) == {path.stem for path in FOLDER.glob("*.toml")}
    import string

    def names(phrase: object) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(str(phrase)) if name}

    assert {key: names(phrase) for key, phrase in ours.items()} == {
        key: names(phrase) for key, phrase in english.items()
    }


@pytest.mark.parametrize("language", spoken_languages())
def test_every_letter_is_written_in_every_language(project: Project, language: str) -> None:
    from sqlalchemy import update

    from digest.store.schema import subscribers

    with project.store.database.begin() as connection:
        connection.execute(update(subscribers).where(subscribers.c.id == READER).values(language=language))
        key = str(person(project)["email_key"])
        doc = {"to": key, "digest": "daily", "language": language, "wording": "Yes.", "version": "1"}
        for kind in ("links", "welcome", "address", "moved"):
            kept.put(connection, kind, key, doc, project.now(), subscriber=READER)
        kept.put(connection, "ask", NEW, doc | {"to": NEW}, project.now())
    assert letters.send_due(project).accepted == 5
    for mail in mails(project, "letters"):
        html, text = bodies(mail)
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
        assert text.strip()
        if language != "en":
            assert "Unsubscribe" not in words(html)
            assert "you" not in words(html).split()
