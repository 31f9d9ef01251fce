"""Who unsubscribes while an edition is being sent gets none of it once the answer is there."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import pytest
from starlette.testclient import TestClient

from digest.models.mail import Answer, Delivery, Message, State
from digest.pipeline import parting
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.send import Place
from digest.store import ledger
from digest.store.withdrawals import under_way
from digest.web.public import app

PEOPLE = 10_000
AFTER = 2_000
EDITION = "daily/2026-11-24"


class Belt:
    """A sender that takes one message after the other and keeps a journal of what happened in which order. After
    `AFTER` messages it lets the leavers begin and goes on meanwhile, but not to its end before some have left."""

    name, leaves, batch = "memory", False, 500

    def __init__(self) -> None:
        self.journal: list[str] = []
        self.begin, self.go_on = threading.Event(), threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for number, message in enumerate(messages):
            if number == AFTER:
                self.begin.set()
            if number == AFTER + 1_500:
                self.go_on.wait(60)
            self.journal.append(message.to)
            yield Delivery(message.id, State.ACCEPTED)

    def reconcile(self, _places: Sequence[Place]) -> Mapping[str, Answer]:
        return {}


@pytest.fixture
def crowd(project: Project) -> Project:
    """The sample paper with ten thousand readers of its daily."""
    with project.store.database.begin() as connection:
        for table in ("subscriptions", "consents", "subscribers"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        people = [(n, address(n), address(n), "Mira", "en") for n in range(1, PEOPLE + 1)]
        connection.exec_driver_sql(
            "INSERT INTO subscribers (id, email, email_key, name, language, tags, attributes, joined) "
            "VALUES (?, ?, ?, ?, ?, ',', '{}', 1)",
            people,
        )
        connection.exec_driver_sql(
            "INSERT INTO subscriptions (subscriber, digest, state, frequency, topics, since) "
            "VALUES (?, 'daily', 'active', 'daily', ',', 1)",
            [(n,) for n in range(1, PEOPLE + 1)],
        )
    return project


def address(number: int) -> str:
    return f"reader{number}@mail.example"


def test_none_of_ten_thousand_gets_it_after_the_answer(crowd: Project) -> None:
    built = freeze(crowd, build(crowd, draft(crowd, identify(crowd, "daily", sending=True))), crowd.now())
    belt = Belt()
    # Those far behind, those who are next, and those in the window at hand.
    leavers = [PEOPLE, 9_000, *range(AFTER + 2, AFTER + 40, 2), *range(AFTER + 60, AFTER + 400, 40)]

    def leave() -> None:
        belt.begin.wait(60)
        with TestClient(app(crowd, write=lambda _line: None), base_url="https://testserver") as client:
            for number in leavers:
                token = crowd.signer.sign("u", number, "daily")
                answer = client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
                assert (answer.status_code, answer.content) == (200, b"")
                belt.journal.append(f"left {address(number)}")
                if number == leavers[1]:
                    belt.go_on.set()

    crowd_leaves = threading.Thread(target=leave)
    crowd_leaves.start()
    list(deliver(crowd, built.draft.edition, built.renderings, belt, Options()))
    crowd_leaves.join()
    for number in leavers:
        after = belt.journal[belt.journal.index(f"left {address(number)}") :]
        assert address(number) not in after
    assert not {address(number) for number in leavers[:2]} & set(belt.journal)
    with crowd.store.database.read() as connection:
        sums = ledger.sums(connection, EDITION)
        skipped = ledger.rows(connection, EDITION, [State.SKIPPED])
    assert sum(sums.values()) == PEOPLE
    assert sums[State.ACCEPTED] + sums[State.SKIPPED] == PEOPLE
    assert {row.reason for row in skipped} == {"unsubscribed"}


def test_a_message_on_its_way_is_waited_for_but_not_for_ever(project: Project) -> None:
    frozen = freeze(project, build(project, draft(project, identify(project, "daily", sending=True))), project.now())
    ticks = iter(range(1000))
    seen: list[bool] = []

    class Slow(Belt):
        def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
            for message in messages:
                if not seen:
                    reader = int(message.id.rsplit("-", 1)[1])
                    with project.store.database.read() as connection:
                        assert under_way(connection, reader, "daily")
                    seen.append(
                        parting.out_of_flight(
                            project, reader, "daily", sleep=lambda _s: None, ticks=lambda: float(next(ticks))
                        )
                    )
                yield Delivery(message.id, State.ACCEPTED)

    list(deliver(project, frozen.draft.edition, frozen.renderings, Slow(), Options()))
    assert seen == [False]
    assert parting.out_of_flight(project, 1, "daily")
