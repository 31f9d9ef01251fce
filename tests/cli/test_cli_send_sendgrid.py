"""`digest send` through SendGrid as an editor meets it: rehearsed, handed over, called back, and with its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from command import NOW, Command

from digest.send.fake_sendgrid import FakeSendGrid, Fault

Sending = Callable[..., tuple[Command, FakeSendGrid]]
MORNING = datetime.fromisoformat(NOW).timestamp()


@pytest.fixture
def through(digest: Command) -> Iterator[Sending]:
    """The sample publication, set to send through a SendGrid of this test's."""
    opened: list[FakeSendGrid] = []

    def begin(*faults: Fault, **options: Any) -> tuple[Command, FakeSendGrid]:
        fake = FakeSendGrid(faults, clock=lambda: MORNING, groups=[7], **options).__enter__()
        opened.append(fake)
        (digest.folder / "digest.local.toml").write_text(
            '[delivery]\ntransport = "sendgrid"\nunsubscribe_mailto = "leave@ledger.example"\n'
            f'[delivery.sendgrid]\nhost = "{fake.url}"\nasm_group = 7\ntimeout = "1s"\n'
        )
        return digest, fake

    yield begin
    for fake in opened:
        fake.close()


KEY = {"SENDGRID_API_KEY": "SG.key"}


def narrow(text: str) -> None:
    """Every line fits into a terminal; what the checks found is theirs."""
    for line in text.splitlines():
        assert len(line) <= 80 or "/" in line or line.startswith("  ! "), line


def test_a_remote_dry_run_says_what_sendgrid_would_take(through: Sending) -> None:
    digest, fake = through(refused=["meera.raghunath@reader.example"])
    said = digest("send", "daily", "--dry-run=remote", env=KEY)
    assert "9  would be taken" in said.err
    assert said.err.rstrip().endswith("Dry run: nothing was sent.")
    narrow(said.err)
    assert fake.mails == {}
    told = digest("send", "daily", "--dry-run=remote", "--json", "--no-ingest", env=KEY)
    assert (told.json["rehearsal"]["accepted"], told.json["rehearsal"]["rejected"]) == (9, 1)
    assert told.json["rehearsal"]["refused"][0]["email"] == "meera.raghunath@reader.example"
    assert (said.code, told.code) == (3, 3)
    assert digest("send", "daily", "--dry-run=remote", "--transport", "folder", "--no-ingest").code == 2


def test_handed_over_it_says_until_when_and_cancel_calls_it_back(through: Sending) -> None:
    digest, fake = through()
    said = digest("send", "daily", "--at", "09:00", "--hand-over", "--yes", env=KEY)
    assert said.code == 0, said.err
    assert "Whoever leaves by then still gets it." in said.err
    assert "10 lie with the provider until 24 Nov 09:00" in said.err
    narrow(said.err)
    status = digest("status", "daily", "--json").json
    assert status["handed_over"] == {"messages": 10, "until": "2026-11-24T09:00:00+05:30"}
    cancelled = digest("cancel", "daily", "--yes", env=KEY)
    assert cancelled.code == 0, cancelled.err
    assert "10 were called back before their hour" in cancelled.err
    narrow(cancelled.err)
    status = digest("status", "daily", "--json").json
    assert (status["cancelled"], status["total"], status["handed_over"]) == (10, 10, None)
    assert set(fake.batches.statuses.values()) == {"cancel"}


def test_an_hour_without_the_flag_is_waited_for_here(through: Sending) -> None:
    digest, fake = through()
    assert digest("send", "daily", "--at", "09:00", "--yes", "--wait", "0", env=KEY).code == 75
    assert fake.seen == 0
    assert replace(digest, now="2026-11-24T09:01:00+05:30")("send", "daily", "--yes", env=KEY).code == 0
    assert len(fake.mails) == 10
