"""What one reader gets, and where they stand, before and after a run froze them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from digest.errors import UsageError
from digest.pipeline import readers_copy
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.membership import suppress
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.send import MemorySender
from digest.store import lookup
from digest.store.schema import subscribers, subscriptions


def meera(project: Project) -> lookup.Person:
    with project.store.database.read() as connection:
        return lookup.search(connection, "meera", "daily")[0]


def test_nothing_is_written_by_looking(project: Project) -> None:
    built = build(project, draft(project, identify(project, "daily"), keep=False), keep=False)
    place = readers_copy.place(project, built.draft.edition, meera(project))
    assert place is not None
    assert place.recipient.segment == "business"
    assert (place.state, place.left_out) == ("", "")
    found = readers_copy.copy(project, built, place)
    assert found is not None
    assert found.chosen is None
    assert b"/u/preview" in found.message.raw
    assert b"meera.raghunath@reader.example" in found.message.raw
    with project.store.database.read() as connection:
        assert lookup.frozen(connection, meera(project).id, built.draft.edition.id) is None


def test_who_would_be_left_out_is_said(project: Project) -> None:
    edition = draft(project, identify(project, "daily"), keep=False).edition
    person = meera(project)
    suppress(project, person.email, "complained")
    place = readers_copy.place(project, edition, person)
    assert place is not None
    assert place.left_out == "complained"
    with project.store.database.begin() as connection:
        connection.execute(update(subscriptions).values(state="left"))
    assert readers_copy.place(project, edition, person) is None


def test_a_reader_of_a_run_stays_as_they_were_frozen(project: Project) -> None:
    built = build(project, draft(project, identify(project, "daily")))
    built = built if built.draft.frozen else freeze(project, built, project.now())
    person = meera(project)
    with MemorySender() as sender:
        list(deliver(project, built.draft.edition, built.renderings, sender, Options(), sleep=lambda _: None))
    with project.store.database.begin() as connection:
        connection.execute(update(subscribers).values(name="Somebody Else"))
        connection.execute(update(subscriptions).values(state="left"))
    place = readers_copy.place(project, built.draft.edition, person)
    assert place is not None
    assert place.recipient.name == "Meera Raghunath"
    assert place.state == "accepted"


def test_who_is_not_there_is_refused(project: Project) -> None:
    with pytest.raises(UsageError, match="no subscriber 4711"):
        readers_copy.find(project, 4711, "daily")
