"""Our suppressions and SendGrid's in step, both ways, against a SendGrid on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from digest.clock import StillClock
from digest.errors import CredentialsError
from digest.pipeline import parting
from digest.pipeline.agreeing import Agreed, sync
from digest.pipeline.membership import suppress
from digest.pipeline.project import Project, open_project
from digest.send.fake_sendgrid import FakeSendGrid
from digest.settings import load_settings
from digest.store.schema import consents
from sent_ledger import sent, subscribed, suppressed


@pytest.fixture
def fake(clock: StillClock) -> Iterator[FakeSendGrid]:
    with FakeSendGrid(groups=(7,), key="SG.key", clock=lambda: clock().timestamp()) as running:
        yield running


@pytest.fixture
def made(paper: Path, clock: StillClock, fake: FakeSendGrid) -> Iterator[Callable[..., Project]]:
    """Opens the sample publication over the fake, with its unsubscribe group or without."""
    opened: list[Project] = []
    original = (paper / "digest.toml").read_text(encoding="utf-8")

    def project(group: int | None = 7, key: str = "SG.key") -> Project:
        table = f'\n[delivery.sendgrid]\nhost = "{fake.url}"\n' + (f"asm_group = {group}\n" if group else "")
        (paper / "digest.toml").write_text(original + table, encoding="utf-8")
        opened.append(open_project(load_settings(paper, {}), clock, {"SENDGRID_API_KEY": key}))
        return opened[-1]

    yield project
    for one in opened:
        one.store.database.engine.dispose()


def reader(project: Project, number: int) -> int:
    """The number of the reader `rN@reader.example`."""
    return int(sent(project.store.database, 3, f"daily/2026-10-0{number + 1}")[number].rpartition("-")[2])


def consent(project: Project, who: int, at: float) -> None:
    values = {"subscriber": who, "digest": "daily", "at": at, "how": "form", "wording": "", "version": ""}
    with project.store.database.begin() as connection:
        connection.execute(insert(consents).values(**values))


def held(project: Project, who: int) -> list[str]:
    return [state for subscriber, _, state in subscribed(project.store.database) if subscriber == who]


def test_their_lists_become_ours(made: Callable[..., Project], fake: FakeSendGrid, clock: StillClock) -> None:
    project = made()
    who = reader(project, 0)
    at = int(clock().timestamp())
    fake.lists.add("bounces", "B@x.example", at, "550", "5.1.1")
    fake.lists.add("invalid_emails", "i@x.example", at)
    fake.lists.add("spam_reports", "s@x.example", at)
    fake.lists.add("blocks", "k@x.example", at)
    fake.lists.add("bounces", "nonsense", at)
    fake.lists.add("unsubscribes", "R0@reader.example", at)
    fake.lists.groups[7]["g@x.example"] = at
    agreed = sync(project)
    assert (agreed.read, agreed.suppressed, agreed.ended, agreed.unusable) == (6, 4, 1, 1)
    found = suppressed(project.store.database)
    assert {key: found[key] for key in found if "x.example" in key} == {
        "b@x.example *": "bounced",
        "i@x.example *": "bounced",
        "s@x.example *": "complained",
        "g@x.example *": "unsubscribed from everything",
    }
    assert held(project, who) == ["left", "left"]


def test_ours_are_put_on_the_group_once_and_nowhere_else(made: Callable[..., Project], fake: FakeSendGrid) -> None:
    project = made()
    before = set(suppressed(project.store.database))
    suppress(project, "own@x.example", "bounced")
    assert sync(project).pushed == len(before) + 1
    assert "own@x.example" in fake.lists.groups[7]
    assert fake.lists.named["unsubscribes"] == {}
    assert sync(project).pushed == 0


def test_without_a_group_nothing_of_ours_is_told(made: Callable[..., Project], fake: FakeSendGrid) -> None:
    project = made(group=None)
    suppress(project, "own@x.example", "bounced")
    assert sync(project) == Agreed()
    assert fake.lists.named["unsubscribes"] == {}


def test_a_second_time_only_newer_entries_are_read(
    made: Callable[..., Project], fake: FakeSendGrid, clock: StillClock
) -> None:
    project = made()
    fake.lists.add("bounces", "b@x.example", int(clock().timestamp()))
    assert sync(project).suppressed == 1
    clock.forward(timedelta(days=3))
    project = made()
    sync(project)
    fake.lists.add("bounces", "c@x.example", int(clock().timestamp()))
    clock.forward(timedelta(days=1))
    group = len(fake.lists.groups[7])
    found = sync(project)
    assert (found.suppressed, found.read) == (1, 1 + group)


def test_who_agreed_anew_after_leaving_at_sendgrid_is_taken_off_their_list(
    made: Callable[..., Project], fake: FakeSendGrid, clock: StillClock
) -> None:
    project = made()
    first, second = reader(project, 0), reader(project, 1)
    for email in ("r0@reader.example", "r1@reader.example"):
        fake.lists.add("unsubscribes", email, int(clock().timestamp()))
    clock.forward(timedelta(hours=1))
    consent(project, first, clock().timestamp())
    agreed = sync(project)
    assert (agreed.lifted, agreed.ended) == (1, 1)
    assert list(fake.lists.named["unsubscribes"]) == ["r1@reader.example"]
    assert (held(project, first), held(project, second)) == (["active", "active"], ["left", "left"])


def test_who_comes_back_after_being_on_the_group_gets_mail_again(
    made: Callable[..., Project], fake: FakeSendGrid, clock: StillClock
) -> None:
    project = made()
    who = reader(project, 0)
    fake.lists.groups[7]["r0@reader.example"] = int(clock().timestamp())
    assert sync(project).ended == 1
    assert sync(project).lifted == 0
    clock.forward(timedelta(hours=1))
    assert parting.come_back(project, who, "daily")
    agreed = sync(project)
    assert (agreed.lifted, agreed.ended) == (1, 0)
    assert "r0@reader.example" not in fake.lists.groups[7]
    assert "active" in held(project, who)
    fake.lists.groups[7]["r0@reader.example"] = int(clock().timestamp())
    assert sync(project).ended == 1


def test_a_reader_with_an_old_consent_who_left_at_the_group_is_not_taken_off(
    made: Callable[..., Project], fake: FakeSendGrid, clock: StillClock
) -> None:
    project = made()
    who = reader(project, 0)
    consent(project, who, clock().timestamp() - 5)
    fake.lists.groups[7]["r0@reader.example"] = int(clock().timestamp())
    assert (sync(project).lifted, held(project, who)) == (0, ["left", "left"])


def test_a_refused_key_is_an_error_and_changes_nothing(made: Callable[..., Project], fake: FakeSendGrid) -> None:
    project = made(key="SG.other")
    before = suppressed(project.store.database)
    with pytest.raises(CredentialsError):
        sync(project)
    assert suppressed(project.store.database) == before
