"""What the preview shows of a reader is what that reader is sent, once what stands in the slots is masked."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from web_preview_paper import NOW, PAGE, Visit, opened, words

from digest.models.edition import EditionState
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.importing import import_csv
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.transport import sender_for
from digest.store import editions, preferences
from digest.store.schema import deliveries, subscribers
from digest.web.preview.looks import Look

READERS, SHOWN = 150, 100
OWN = """label = "Your own"
filter = "tags has own and status = active"
personal = true
languages = ["en", "de"]
"""
NAMES = ("Ada", "Björn & Co", "<b>Eve</b>", 'Fräulein "Ü"', "Łucja", "मीरा", "", "O'Neill", "=3D", "{{ name }}")
TOPICS = ("world", "business", "technology", "science", "culture", "city")
TOKEN = re.compile(r"(https://ledger\.example/[uprf]/)[^/\s\"<>]+")
MAILTO = re.compile(r"(mailto:leave@ledger\.example\?subject=)[^>\s]+")
OWN_HEADERS = ("Date", "Message-ID", "X-Digest-Delivery")


@pytest.fixture
def crowd(folder: Path) -> Iterator[Callable[[datetime], Project]]:
    """A publication with a personal segment and many readers, to be opened at any moment."""
    dice = random.Random(24)
    rows = ["email,name,language,topics,tags,digests,status"]
    for number in range(READERS):
        name = dice.choice(NAMES).replace('"', '""')
        topics = ";".join(dice.sample(TOPICS, dice.randint(0, 4)))
        tags = dice.choice(("own", "own", "vip", ""))
        language = dice.choice(("en", "de", "de-AT", "fr", ""))
        rows.append(f'reader{number}@reader.example,"{name}",{language},{topics},{tags},daily,active')
    (folder / "readers.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "audiences" / "own.toml").write_text(OWN, encoding="utf-8")
    file = folder / "digest.toml"
    file.write_text(file.read_text("utf-8").replace('segments = ["deutsch"', 'segments = ["own", "deutsch"'), "utf-8")
    made: list[Project] = []

    def open_at(now: datetime) -> Project:
        made.append(opened(folder, lambda: now))
        return made[-1]

    first = open_at(NOW)
    assert not list(import_csv(first, folder / "readers.csv"))[-1].failed
    with first.store.database.begin() as connection:
        joined = select(subscribers.c.id).where(subscribers.c.email.startswith("reader"))
        for number in sorted(connection.scalars(joined))[::5]:
            preferences.change_person(connection, number, plain=True)
    yield open_at
    for project in made:
        project.store.database.engine.dispose()


def sent(project: Project, name: str, **options: int) -> Path:
    """Send an edition to the outbox; its folder there."""
    built = build(project, draft(project, identify(project, name)))
    assert not built.blocking
    built = built if built.draft.frozen else freeze(project, built, project.now())
    with sender_for(project, "folder") as sender:
        list(
            deliver(project, built.draft.edition, built.renderings, sender, Options(**options), sleep=lambda _: None)  # type: ignore[arg-type]
        )
    return project.root / project.settings.delivery.outbox / built.draft.edition.id


def delivered(project: Project, edition: str) -> dict[int, tuple[str, str]]:
    """Subscriber → (segment, delivery)."""
    with project.store.database.read() as connection:
        rows = connection.execute(select(deliveries).where(deliveries.c.edition == edition)).all()
    return {row.subscriber: (row.segment, row.id) for row in rows}


def masked(text: str) -> str:
    return MAILTO.sub(r"\1TOKEN", TOKEN.sub(r"\1TOKEN", text))


def told(message: EmailMessage) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Decoded subject, html (empty in text-only mail), text and headers, with every token masked."""
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert (html is not None) == message.is_multipart()
    assert text is not None
    headers = [(name, masked(str(value))) for name, value in message.items() if name not in OWN_HEADERS]
    return str(message["Subject"]), masked(html.get_content() if html else ""), masked(text.get_content()), headers


def test_what_is_previewed_is_what_is_sent(crowd: Callable[[datetime], Project], visit: Visit) -> None:
    yesterday = crowd(NOW - timedelta(days=1))
    sent(yesterday, "daily@2026-11-23", limit=READERS // 2)
    with yesterday.store.database.begin() as connection:
        editions.set_state(connection, "daily/2026-11-23", EditionState.SENT, yesterday.now())
    project = crowd(NOW)
    client = visit(project)
    chosen = random.Random(7).sample(range(1, READERS + 10), SHOWN)
    previewed: dict[int, tuple[EmailMessage, str]] = {}
    for number in chosen:
        answer = client.get(f"/eml/daily@2026-11-24/everyone.eml?as={number}")
        if answer.status_code == 404:
            continue
        frame = client.get(f"/frame/daily@2026-11-24/everyone?as={number}").text
        message = message_from_bytes(answer.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        previewed[number] = message, frame
    outbox = sent(project, "daily@2026-11-24")
    known = delivered(project, "daily/2026-11-24")
    personal = plain = own_plain = 0
    for number in chosen:
        if number not in known:
            assert number not in previewed
            continue
        segment, delivery = known[number]
        file = outbox / segment / f"{delivery}.eml"
        assert file.is_file() == (number in previewed)
        if number not in previewed:
            continue
        arrived = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(arrived, EmailMessage)
        shown, frame = previewed[number]
        assert told(shown) == told(arrived)
        _, page, text, _ = told(arrived)
        assert masked(frame.replace('<base target="_blank">', "", 1)) == (page or text)
        assert shown["Message-ID"] != arrived["Message-ID"]
        assert re.search(r"/u/preview\b", str(shown["List-Unsubscribe"]))
        personal += segment == "own"
        plain += not page
        own_plain += segment == "own" and not page
    assert len(previewed) > SHOWN * 0.9
    assert personal > 20
    assert plain > 10
    assert own_plain > 3
    # The frozen edition shows each reader the same mail once more.
    again = client.get(f"/eml/daily@2026-11-24/everyone.eml?as={chosen[0]}")
    assert told(message_from_bytes(again.content, policy=policy.default)) == told(previewed[chosen[0]][0])


def test_a_subscriber_is_shown_in_their_own_segment(crowd: Callable[[datetime], Project], visit: Visit) -> None:
    client = visit(crowd(NOW))
    answer = client.get(f"{PAGE}?segment=everyone&as=1&width=768")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{PAGE}?segment=deutsch&as=1&width=768")
    assert Look.of("daily@2026-11-24", "own", {"as": "12"}).subscriber == 12


def test_a_reader_who_wants_text_only_is_shown_the_text(crowd: Callable[[datetime], Project], visit: Visit) -> None:
    project = crowd(NOW)
    with project.store.database.begin() as connection:
        preferences.change_person(connection, 1, plain=True)
    client = visit(project)
    page = client.get(f"{PAGE}?segment=deutsch&as=1").text
    assert "They want plain text only." in words(page), words(page)
    assert '<pre class="sheet letter"' in page
    assert "<iframe" not in page
    assert "HTML source" not in page
    assert client.get("/frame/daily@2026-11-24/deutsch?as=1").headers["content-type"].startswith("text/plain")
    with project.store.database.begin() as connection:
        preferences.change_person(connection, 1, plain=False)
    assert "<iframe" in client.get(f"{PAGE}?segment=deutsch&as=1").text
