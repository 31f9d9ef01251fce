from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import ConfigError, CredentialsError
from digest.send import MemorySender, Sender, Setup, open_sender
from digest.settings import Delivery, Secret, SendGrid, Smtp

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def opened(delivery: Delivery, transport: str | None = None, **environ: str) -> Sender:
    return open_sender(delivery, root=Path("/nowhere"), environ=environ, now=lambda: NOW, transport=transport)


def of_another_house(setup: Setup) -> MemorySender:
    return MemorySender({setup.delivery.outbox: ValueError(setup.environ["TAG"])})


def test_the_setting_names_the_sender_and_a_flag_overrides_it() -> None:
    assert opened(Delivery()).name == "folder"
    assert opened(Delivery(transport="smtp")).name == "smtp"
    assert opened(Delivery(transport="smtp"), "memory").name == "memory"
    assert opened(Delivery(transport="sendgrid"), SENDGRID_API_KEY="SG.x").name == "sendgrid"


def test_the_outbox_is_relative_to_the_root() -> None:
    sender = opened(Delivery(outbox="var/out"))
    assert getattr(sender, "outbox", None) == Path("/nowhere/var/out")


def test_a_sender_of_another_house_is_called_as_ours_are() -> None:
    sender = opened(Delivery(), f"{__name__}:of_another_house", TAG="x")
    assert isinstance(sender, MemorySender)
    assert list(sender.script) == ["var/outbox"]


def test_a_name_that_is_none_is_an_error_with_a_guess() -> None:
    with pytest.raises(ConfigError, match="sendgird") as caught:
        opened(Delivery(), "sendgird")
    assert "sendgrid" in str(caught.value.hint)


def test_missing_secrets_are_said_before_anything_is_sent() -> None:
    with pytest.raises(CredentialsError, match="SENDGRID_API_KEY"):
        opened(Delivery(), "sendgrid")
    with pytest.raises(CredentialsError, match="RELAY"):
        opened(Delivery(smtp=Smtp(username="u", password=Secret(env="RELAY"))), "smtp")


@pytest.mark.parametrize("key", ["SG.x\r\nX-Evil: 1", "SG.\u00e9", "SG x"])
def test_a_key_that_would_break_a_header_is_refused(key: str) -> None:
    with pytest.raises(CredentialsError, match="key"):
        opened(Delivery(), "sendgrid", SENDGRID_API_KEY=key)


@pytest.mark.parametrize("host", ["http://api.sendgrid.com", "ftp://127.0.0.1", "http://127.0.0.1.evil.example"])
def test_the_key_never_travels_in_the_clear(host: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        opened(Delivery(sendgrid=SendGrid(host=host)), "sendgrid", SENDGRID_API_KEY="SG.x")
