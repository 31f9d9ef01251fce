"""What the tests of the readers' side know of their publication: it is sent, and its mails lie in the outbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy import select

from digest.clock import StillClock
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings
from digest.store import letters as kept
from digest.store.schema import consents, events, letters, metadata, subscribers, subscriptions, suppressions

NOW = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
BASE = "https://news.example"
EDITION = "daily/2026-11-24"
# The first of the sample readers who reads English.
READER = 4
READERS = (subscribers, subscriptions, consents, suppressions, letters, events)

# Opens the pages for one visitor: visit(project), with headers or another address where they come from.
Visit = Callable[..., Any]


def opened(folder: Path, clock: StillClock) -> Project:
    """The publication in `folder`."""
    return open_project(load_settings(folder, {}), clock, {})


def words(html: str) -> str:
    """What a page says, without its tags."""
    body = re.sub(r"(?s)<head>.*?</head>|<style>.*?</style>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def token(project: Project, purpose: str, subscriber: int = READER, digest: str = "daily") -> str:
    return project.signer.sign(purpose, subscriber, digest)


def state(project: Project, subscriber: int = READER) -> Mapping[str, Any]:
    """The subscription of a reader, as it is stored."""
    with project.store.database.read() as connection:
        row = connection.execute(select(subscriptions).where(subscriptions.c.subscriber == subscriber)).one()
    return dict(row._mapping)


def person(project: Project, subscriber: int = READER) -> Mapping[str, Any]:
    with project.store.database.read() as connection:
        row = connection.execute(select(subscribers).where(subscribers.c.id == subscriber)).one()
    return dict(row._mapping)


def everything(project: Project, *but: str) -> dict[str, list[Any]]:
    """All that the store holds, by table."""
    with project.store.database.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for name, table in metadata.tables.items()
            if name not in but
        }


def letter_kinds(project: Project) -> list[tuple[str, str]]:
    """(kind, state) of every letter, in the order of their asking."""
    with project.store.database.read() as connection:
        rows = connection.execute(select(letters.c.kind, letters.c.state).order_by(letters.c.changed, letters.c.id))
        return [(row.kind, row.state) for row in rows]


def letter(project: Project, key: str) -> kept.Letter:
    with project.store.database.read() as connection:
        found = kept.get(connection, key)
    assert found is not None
    return found


def mails(project: Project, place: str = EDITION) -> list[EmailMessage]:
    """The mails in one folder of the outbox."""
    folder = project.root / project.settings.delivery.outbox / place
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.rglob("*.eml"))]


def bodies(message: EmailMessage) -> tuple[str, str]:
    """The html and the text of a mail."""
    parts = [message.get_body((kind,)) for kind in ("html", "plain")]
    return tuple(part.get_content() if part is not None else "" for part in parts)  # type: ignore[return-value]


def links(message: EmailMessage) -> list[str]:
    """Every address of our own site in a mail, without the host."""
    html, text = bodies(message)
    found = re.findall(rf'{BASE}([^\s"<>)]*)', unescape(html) + text + str(message["List-Unsubscribe"]))
    return sorted(set(found))
