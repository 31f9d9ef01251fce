import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.edition import Rendering
from digest.models.mail import Message
from digest.send.fake_sendgrid_rules import mails, problems
from digest.send.sendgrid_payload import MAX_PEOPLE, Account, batches, body

SLOTS = ("name", "unsubscribe_url", "why")


@dataclass(frozen=True)
class Said:
    """What has a rendering at hand."""

    rendering: Rendering


SHELL = Rendering(
    "daily/2026-11-24",
    "everyone",
    "en",
    "daily",
    "Rents rise",
    "",
    "<p>{{name}} <a href='{{unsubscribe_url}}'>x</a> {{why}} {{name}} {{not_a_slot}}",
    "{{name}} {{unsubscribe_url}} {{why}} 100 % {{not_a_slot}}",
    SLOTS,
    1,
    1,
    1,
)


def message(number: int, **changes: Any) -> Message:
    values = {"name": f"Ann {number}", "unsubscribe_url": f"https://news.example/u/{number}", "why": "You signed up."}
    plain = Message(
        id=f"d{number:05d}",
        edition="daily/2026-11-24",
        segment="everyone",
        sender="hello@news.example",
        envelope_from="bounce@news.example",
        to=f"reader{number}@mail.example",
        to_name=f"Ann {number}",
        subject="Rents rise",
        headers=(
            ("From", "The Ledger <hello@news.example>"),
            ("List-ID", "<a.b>"),
            ("X-Digest-Delivery", f"{number}"),
        ),
        chunks=(),
        written=Said(SHELL),
        values=values,
    )
    return replace(plain, **changes)


def sent(batch: list[Message], account: Account = Account()) -> dict[str, Any]:  # noqa: B008 - frozen
    said = json.loads(body(batch, account))
    assert isinstance(said, dict)
    assert problems(said) == []
    return said


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.lists(st.fixed_dictionaries(dict.fromkeys(SLOTS, TEXT)), min_size=1, max_size=5)


def escaped(text: str) -> str:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;")):
        text = text.replace(sign, entity)
    return text


@settings(max_examples=80, deadline=None)
@given(VALUES)
def test_every_reader_gets_their_own_values_whatever_is_in_them(people: list[dict[str, str]]) -> None:
    said = sent([message(number, values=values) for number, values in enumerate(people)])
    for values, got in zip(people, mails(said, "m"), strict=True):
        name, url, why = (values[slot] for slot in SLOTS)
        assert got.text == f"{name} {url} {why} 100 % {{{{not_a_slot}}}}"
        name, url, why = map(escaped, (name, url, why))
        assert got.html == f"<p>{name} <a href='{url}'>x</a> {why} {name} {{{{not_a_slot}}}}"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, st.sampled_from(["X-A", "X-B", "x%s", "Date", "Subject"])), min_size=1, max_size=5))
def test_every_reader_gets_their_own_name_and_headers(people: list[tuple[str, str]]) -> None:
    batch = [
        message(number, to_name=name, headers=(("From", "a@news.example"), (header, "v%s"), ("X-Own", str(number))))
        for number, (name, header) in enumerate(people)
    ]
    said = json.loads(body(batch, Account()))
    for number, ((name, header), got) in enumerate(zip(people, mails(said, "m"), strict=True)):
        assert not {",", ";"} & set(got.to_name)
        assert got.to_name.split() == name.replace(",", " ").replace(";", " ").split()
        own = {} if header in ("Date", "Subject") else {header: "v%s"}
        assert got.headers == {**own, "X-Own": str(number)}
        assert got.custom_args == {"digest_delivery": f"d{number:05d}"}


def test_what_all_have_alike_is_said_once_and_only_the_rest_is_substituted() -> None:
    said = sent([message(1), message(2)])
    assert "You signed up." in said["content"][0]["value"]
    assert "https://news.example/u/-" in said["content"][0]["value"]
    [one, other] = [person["substitutions"] for person in said["personalizations"]]
    assert sorted(one.values()) == ["1", "1"]
    assert sorted(other.values()) == ["2", "2"]
    assert said["headers"] == {"List-ID": "<a.b>"}


def test_one_reader_alone_needs_no_substitution() -> None:
    assert "substitutions" not in sent([message(1)])["personalizations"][0]


def test_the_request_says_what_the_account_says() -> None:
    account = Account(7, "pool one", ("house",), True, 1_800_000_000, "batch")
    said = json.loads(body([message(1)], account))
    assert said["asm"] == {"group_id": 7}
    assert said["ip_pool_name"] == "pool one"
    assert said["categories"] == ["daily", "daily/2026-11-24", "house"]
    assert said["mail_settings"] == {"sandbox_mode": {"enable": True}}
    assert (said["send_at"], said["batch_id"]) == (1_800_000_000, "batch")


def test_more_categories_than_there_may_be_are_left_out() -> None:
    assert len(sent([message(1)], Account(categories=tuple("abcdefghijkl")))["categories"]) == 10


def test_variants_that_come_mixed_are_put_together() -> None:
    other = replace(SHELL, segment="subscribers")
    mixed = [message(number, written=Said((SHELL, other)[number % 2])) for number in range(10)]
    assert [[one.id for one in batch] for batch in batches(mixed)] == [
        [f"d{number:05d}" for number in range(0, 10, 2)],
        [f"d{number:05d}" for number in range(1, 10, 2)],
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Other"},
        {"sender": "other@news.example"},
        {"headers": (("From", "Other <hello@news.example>"), ("List-ID", "<a.b>"), ("X-Digest-Delivery", "1"))},
    ],
    ids=["subject", "sender", "from"],
)
def test_who_writes_and_what_about_are_the_same_in_a_request(changes: dict[str, Any]) -> None:
    assert len(list(batches([message(1), message(2, **changes)]))) == 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=60))
def test_no_message_is_lost_and_few_are_held(kinds: list[int]) -> None:
    taken = 0

    def messages() -> Any:
        nonlocal taken
        for number, kind in enumerate(kinds):
            taken += 1
            yield message(number, subject=str(kind))

    given_back: list[str] = []
    for batch in batches(messages()):
        assert len({one.subject for one in batch}) == 1
        given_back += [one.id for one in batch]
        assert taken - len(given_back) <= MAX_PEOPLE
    assert sorted(given_back) == [f"d{number:05d}" for number in range(len(kinds))]


def test_text_only_never_shares_a_request_and_has_one_content() -> None:
    text = Said(replace(SHELL, html="", slots=SLOTS))
    mixed = [message(n, **({"written": text, "plain": True} if n % 3 == 0 else {})) for n in range(9)]
    made = list(batches(mixed))
    assert sorted([one.id for one in batch] for batch in made) == [
        ["d00000", "d00003", "d00006"],
        ["d00001", "d00002", "d00004", "d00005", "d00007", "d00008"],
    ]
    for batch in made:
        said = sent(batch)
        kinds = [part["type"] for part in said["content"]]
        assert kinds == (["text/plain"] if batch[0].plain else ["text/plain", "text/html"])
        for one, got in zip(batch, mails(said, "m"), strict=True):
            assert got.text.startswith(f"{one.values['name']} {one.values['unsubscribe_url']} ")


def test_a_request_stays_below_twenty_megabytes() -> None:
    wide = {"name": "n" * 400, "unsubscribe_url": "u", "why": "w"}
    many = [message(number, values={**wide, "name": f"{number}" + "&" * 400}) for number in range(999)]
    for batch in batches(many):
        assert len(body(batch, Account())) < 20_000_000
