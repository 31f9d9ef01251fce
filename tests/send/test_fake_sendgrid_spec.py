"""Our requests held against SendGrid's own description, which lies beside the checkout where it is at hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.errors import UsageError
from digest.models.mail import Message, State
from digest.send.fake_sendgrid import FakeSendGrid
from digest.send.fake_sendgrid_spec import spec_check
from digest.send.registry import open_sender
from digest.send.sendgrid_payload import Account, body
from digest.settings import Delivery, Secret, SendGrid

SPEC = Path(__file__).parents[2].parent / "shared" / "data" / "sendgrid" / "tsg_mail_v3.json"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
Mail = Callable[..., Message]


@pytest.fixture(scope="module")
def spec() -> Path:
    if not SPEC.is_file():
        pytest.skip(f"SendGrid's description is not beside the checkout: {SPEC}")
    return SPEC


def test_our_requests_fit_the_official_description(spec: Path, mail: Mail) -> None:
    check = spec_check(spec)
    full = Account(7, "pool one", ("house",), True, 1_800_000_000, "batch")
    for account in (Account(), full):
        for people in ([mail(1)], [mail(number, name=f"A & B, {number}") for number in range(1000)]):
            assert check(json.loads(body(people, account))) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"personalizations": [{"to": [{"email": "a@b.example"}]}] * 1001}, "personalizations"),
        ({"from": {"email": "nobody"}}, "from.email"),
        ({"categories": ["a"] * 11}, "categories"),
        ({"asm": {"group_id": "7"}}, "asm.group_id"),
        ({"custom_args": "x"}, "custom_args"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(spec: Path, changes: dict[str, Any], field: str) -> None:
    plain = {"personalizations": [{"to": [{"email": "a@b.example"}]}], "from": {"email": "h@news.example"}}
    assert spec_check(spec)(plain) == []
    assert field in {wrong.field for wrong in spec_check(spec)({**plain, **changes})}


def test_a_fake_with_the_description_takes_what_we_send(spec: Path, mail: Mail) -> None:
    with FakeSendGrid(spec=spec) as fake:
        options = Delivery(transport="sendgrid", sendgrid=SendGrid(api_key=Secret(env="KEY"), host=fake.url))
        with open_sender(options, root=Path(), environ={"KEY": "SG.x"}, now=lambda: NOW) as sender:
            deliveries = list(sender.send(mail(number) for number in range(30)))
    assert {delivery.state for delivery in deliveries} == {State.ACCEPTED}


def test_another_file_is_no_description(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    for name in ("x.json", "none.json"):
        with pytest.raises(UsageError):
            spec_check(tmp_path / name)
