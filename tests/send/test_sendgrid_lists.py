from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from digest.clock import StillClock
from digest.errors import CredentialsError, SendError
from digest.send.fake_sendgrid import FakeSendGrid
from digest.send.sendgrid_client import client
from digest.send.sendgrid_lists import (
    PAGE,
    Calls,
    Listed,
    ListEntry,
    fetch_suppressions,
    lift_suppressions,
    push_unsubscribes,
)
from digest.send.sendgrid_transport import Pool

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@contextmanager
def account(fake: FakeSendGrid, key: str = "SG.x") -> Iterator[Calls]:
    pool = Pool(fake.url)
    yield Calls(client(key, fake.url, pool), StillClock(NOW), lambda seconds: None)
    pool.close()


def test_every_page_of_every_list_is_read() -> None:
    with FakeSendGrid(groups=[7]) as fake, account(fake) as calls:
        for number in range(PAGE + 3):
            fake.lists.add("bounces", f"b{number}@mail.example", 1_700_000_000 + number, "550 no\r\none", "5.1.1")
        fake.lists.add("spam_reports", "s@mail.example", 1_700_000_000)
        fake.lists.groups[7]["g@mail.example"] = 1
        found = list(fetch_suppressions(calls, groups=[7]))
    assert len(found) == PAGE + 3 + 1 + 1
    first = datetime.fromtimestamp(1_700_000_000, UTC)
    assert found[0] == ListEntry("b0@mail.example", Listed.BOUNCES, first, "550 no one", "5.1.1")
    assert found[-1] == ListEntry("g@mail.example", Listed.GROUP, group=7)


def test_what_is_older_is_left_out() -> None:
    with FakeSendGrid() as fake, account(fake) as calls:
        for days in (1, 5):
            fake.lists.add("blocks", f"{days}@mail.example", int((NOW - timedelta(days=days)).timestamp()))
        found = list(fetch_suppressions(calls, [Listed.BLOCKS], since=NOW - timedelta(days=2)))
    assert [entry.address for entry in found] == ["1@mail.example"]


@pytest.mark.parametrize("group", [None, 7])
def test_addresses_are_put_on_a_list_and_taken_off(group: int | None) -> None:
    listed = Listed.UNSUBSCRIBES if group is None else Listed.GROUP
    odd = "a/b+c d@mail.example"
    with FakeSendGrid(groups=[7]) as fake, account(fake) as calls:
        assert push_unsubscribes(calls, [odd, "x@mail.example"], group=group) == 2
        lists, groups = ([listed], []) if group is None else ([], [7])
        assert {entry.address for entry in fetch_suppressions(calls, lists, groups=groups)} == {odd, "x@mail.example"}
        assert lift_suppressions(calls, listed, [odd, "never@mail.example"], group=group) == 2
        left = [entry.address for entry in fetch_suppressions(calls, lists, groups=groups)]
    assert left == ["x@mail.example"]


def test_bounces_are_lifted_together() -> None:
    with FakeSendGrid() as fake, account(fake) as calls:
        for number in range(3):
            fake.lists.add("bounces", f"b{number}@mail.example", 1)
        lift_suppressions(calls, Listed.BOUNCES, ["b0@mail.example", "b2@mail.example"])
        assert list(fake.lists.named["bounces"]) == ["b1@mail.example"]


def test_a_key_without_permission_and_a_group_that_is_not_there_are_told() -> None:
    with FakeSendGrid(key="SG.right") as fake:
        with account(fake) as calls, pytest.raises(CredentialsError):
            list(fetch_suppressions(calls))
        with account(fake, "SG.right") as calls:
            assert list(fetch_suppressions(calls, [], groups=[9])) == []
    with account(fake) as calls, pytest.raises(SendError):
        list(fetch_suppressions(calls))
