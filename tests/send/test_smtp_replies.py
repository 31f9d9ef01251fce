from datetime import UTC, datetime, timedelta

import pytest

from digest.models.mail import State
from digest.send.smtp_replies import Phase, judge, read_reply

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (550, "5.1.1 user unknown", "hard bounce"),
        (550, "5.1.2 bad domain", "hard bounce"),
        (553, "5.1.3 syntax", "hard bounce"),
        (550, "5.1.10 null mx", "hard bounce"),
        (550, "No such user here", "hard bounce"),
        (551, "user not local", "hard bounce"),
        (553, "mailbox name invalid", "hard bounce"),
        (552, "5.2.2 over quota", "soft bounce"),
        (550, "5.2.1 disabled", "soft bounce"),
        (552, "quota", "soft bounce"),
        (550, "5.7.1 spam", "refused by policy"),
        (550, "5.7.515 unauthenticated", "refused by policy"),
        (554, "5.7.26 dmarc", "refused by policy"),
        (550, "your address is on a blacklist", "refused by policy"),
        (552, "5.3.4 too big", "too large"),
        (550, "5.6.7 no smtputf8", "not possible"),
        (554, "5.5.0 whatever", "refused: "),
        (554, "transaction failed", "refused: "),
    ],
)
def test_a_refused_recipient_says_whose_fault_it_is(code: int, text: str, reason: str) -> None:
    delivery = judge("d1", Phase.RECIPIENT, read_reply(code, [text]), NOW)
    assert delivery.state is State.REJECTED
    assert delivery.reason.startswith(reason)
    assert delivery.reply == f"{code} {text}"


@pytest.mark.parametrize(("code", "reason"), [(550, "refused: "), (552, "too large"), (554, "refused: ")])
def test_a_bare_refusal_after_the_message_says_nothing_against_the_address(code: int, reason: str) -> None:
    assert judge("d1", Phase.END, read_reply(code, ["no"]), NOW).reason.startswith(reason)


@pytest.mark.parametrize(
    ("code", "text", "minutes"),
    [
        (450, "4.7.1 greylisted", 5),
        (451, "local error", 5),
        (452, "4.2.2 mailbox full", 45),
        (452, "4.5.3 recipients", 1),
        (421, "4.7.28 policy", 15),
        (450, "4.7.0 rate limited", 15),
        (454, "4.7.0 Throttling failure: too many messages", 15),
    ],
)
def test_a_later_is_a_time_in_the_future(code: int, text: str, minutes: int) -> None:
    delivery = judge("d1", Phase.RECIPIENT, read_reply(code, [text]), NOW)
    assert (delivery.state, delivery.retry_at) == (State.DEFERRED, NOW + timedelta(minutes=minutes))
    assert delivery.reason


@pytest.mark.parametrize(
    ("text", "reference"),
    [("2.0.0 Ok: queued as 4BxY1z", "4BxY1z"), ("OK queued as <a.b@c>", "a.b@c"), ("thanks", "")],
)
def test_the_queue_id_is_kept(text: str, reference: str) -> None:
    delivery = judge("d1", Phase.END, read_reply(250, [text]), NOW)
    assert (delivery.state, delivery.reason, delivery.reference) == (State.ACCEPTED, "", reference)


def test_a_reply_is_one_bounded_line_whatever_came() -> None:
    reply = read_reply(550, ["5.1.1 a\x1b[31mb\x00", "x" * 5000])
    assert reply.status == "5.1.1"
    assert reply.text.isprintable()
    assert len(reply.text) == 500


def test_a_status_that_contradicts_its_code_is_not_believed() -> None:
    assert read_reply(550, ["2.1.5 fine"]).status == ""
