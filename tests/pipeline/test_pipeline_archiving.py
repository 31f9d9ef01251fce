"""What everybody may read: made from what was kept, without a word that is anybody's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.archive import Entry, Issue
from digest.clock import StillClock
from digest.errors import Refused, UsageError
from digest.pipeline.archive_files import files, write_files
from digest.pipeline.archiving import Archive, correct, demand_archive, open_archive, withdraw
from digest.pipeline.build import build
from digest.pipeline.draft import draft
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.options import Options
from digest.pipeline.project import Project
from digest.pipeline.sampling import sample
from digest.pipeline.sending import make_ready, start
from digest.send import MemorySender

DAYS = ("daily/2026-11-26", "daily/2026-11-25", "daily/2026-11-24")


@pytest.fixture
def archive(reopen: Callable[[], Project], clock: StillClock) -> Archive:
    """The archive of the sample paper after three mornings."""
    project = reopen()
    for _ in DAYS:
        list(gather(project))
        sender = MemorySender()
        ready = make_ready(project, identify(project, "daily", sending=True), sender, None)
        assert list(start(project, ready, sender, Options(), lambda: False))[-1].counts.remaining == 0
        clock.forward(timedelta(days=1))
    return demand_archive(project)


def test_what_was_sent_is_listed_newest_first(archive: Archive) -> None:
    assert tuple(entry.id for entry in archive.entries()) == DAYS


def test_an_edition_that_was_never_sent_is_not_there(project: Project) -> None:
    found = demand_archive(project)
    assert found.entries() == ()
    assert found.issue("daily/2026-11-24") is None


def test_an_issue_says_what_was_mailed_to_that_segment_and_nothing_personal(archive: Archive) -> None:
    issue = archive.issue(DAYS[0])
    assert isinstance(issue, Issue)
    assert len(issue.pieces) == int(issue.counts.split()[0])
    texts = "\n".join(text for _, text in files(archive))
    assert issue.pieces[0].headline in texts.replace("&#39;", "'")
    for personal in ("{{", "unsubscribe", "preview", "utm_"):
        assert personal not in texts
    with archive.project.store.database.read() as connection:
        emails = [row[0] for row in connection.exec_driver_sql("SELECT email FROM subscribers")]
    assert emails
    assert not [email for email in emails if email in texts]


def test_a_topic_has_each_story_once_and_leads_to_its_edition(archive: Archive) -> None:
    stories = archive.topic("world", archive.entries())
    assert stories
    assert len({one.story for one in stories}) == len(stories)
    assert {one.entry.id for one in stories} <= set(DAYS)


def test_a_correction_and_a_withdrawal_are_kept(archive: Archive, clock: StillClock) -> None:
    project = archive.project
    correct(project, DAYS[1], "It is 41,  not 14.", project.now())
    withdraw(project, DAYS[2], "Its lead was wrong.")
    issue = archive.issue(DAYS[1])
    assert isinstance(issue, Issue)
    assert [one.text for one in issue.entry.corrections] == ["It is 41, not 14."]
    gone = archive.issue(DAYS[2])
    assert isinstance(gone, Entry)
    assert gone.withdrawn == "Its lead was wrong."
    assert DAYS[2] not in [one.entry.id for one in archive.newest()]
    withdraw(project, DAYS[2], None)
    assert isinstance(archive.issue(DAYS[2]), Issue)
    for wrong in (lambda: withdraw(project, "daily/2020-01-01", ""), lambda: correct(project, DAYS[0], " ", clock())):
        with pytest.raises(UsageError):
            wrong()


def test_files_are_the_same_twice_and_only_what_changed_is_written(archive: Archive, tmp_path: Path) -> None:
    assert dict(files(archive)) == dict(files(archive))
    folder = tmp_path / "site"
    first = write_files(archive, folder)
    assert first == len(dict(files(archive)))
    assert write_files(archive, folder) == 0
    correct(archive.project, DAYS[1], "It is 41.", archive.project.now())
    assert 0 < write_files(archive, folder) < first
    assert (folder / "latest/index.html").read_bytes() == (folder / f"archive/{DAYS[0]}/index.html").read_bytes()


def test_without_a_public_segment_there_is_none(project: Project) -> None:
    publication = replace(project.settings.publication, archive=None)
    closed = replace(project, settings=replace(project.settings, publication=publication))
    assert open_archive(closed) is None
    with pytest.raises(Refused, match=r"archive = "):
        demand_archive(closed)


def test_a_mail_says_where_everybody_may_read_it(archive: Archive) -> None:
    project = archive.project
    made = draft(project, identify(project, DAYS[0]))
    message = sample(project, made.edition, build(project, made).renderings["everyone"])
    assert ("List-Archive", f"<{project.settings.publication.base_url}/archive/>") in message.headers
