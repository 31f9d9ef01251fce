"""Files of other newsletter systems: whoever is not plainly subscribed there is never active here."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from digest.models.people import Consent
from digest.readers import Row, RowError, read
from digest.readers.origins import ORIGINS, recognise

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def rows(text: str) -> list[Row | RowError]:
    return list(
        read(
            io.StringIO(text),
            zone=ZoneInfo("Asia/Kolkata"),
            now=NOW,
            known_topics={"world"},
            known_digests={"daily"},
            default_digest="daily",
        )
    )


def states(text: str) -> list[str]:
    """What each line becomes: the state, the suppression, or that it is refused."""
    return [
        "refused" if isinstance(row, RowError) else row.suppression or row.subscriptions[0].state.value
        for row in rows(text)
    ]


MAILCHIMP = (
    "Email Address,First Name,Last Name,City,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,"
    "LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,{}LEID,EUID,NOTES,TAGS\n"
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,"
    "created_at,deleted_at,labels,tiers\n"
)
LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at\n"
SUBSTACK = "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
BEEHIIV = (
    "email,status,created_at,subscription_premium_tier_names,utm_source,referral_code,unsubscribed_at,first_name\n"
)


def test_mailchimp_subscribers_keep_when_they_agreed() -> None:
    line = (
        "ada@reader.example,Ada,Lovelace,Delhi,4,2019-03-01 09:00:00,192.0.2.1,2019-03-01 09:05:00,192.0.2.2,,,,,"
        'Asia/Kolkata,IN,DL,77,abc,met at the fair,"""vip"",""new york"""\n'
    )
    (row,) = rows(MAILCHIMP.format("") + line)
    assert isinstance(row, Row)
    assert (row.address, row.name, row.timezone, row.tags) == (
        "ada@reader.example",
        "Ada Lovelace",
        "Asia/Kolkata",
        ("vip", "new york"),
    )
    assert row.subscriptions[0].state is Consent.ACTIVE
    assert row.joined == datetime(2019, 3, 1, 9, 0, tzinfo=UTC)
    assert row.consented == datetime(2019, 3, 1, 9, 5, tzinfo=UTC)
    assert row.consent == (
        "Mailchimp: signed up 2019-03-01 09:00:00 from 192.0.2.1, confirmed 2019-03-01 09:05:00 from 192.0.2.2"
    )
    assert row.attributes == {
        "city": "Delhi",
        "member_rating": "4",
        "cc": "IN",
        "region": "DL",
        "notes": "met at the fair",
    }


@pytest.mark.parametrize(
    ("columns", "cells", "state", "reason"),
    [
        (
            "UNSUB_TIME,UNSUB_REASON,UNSUB_REASON_OTHER,",
            "2025-05-06 07:08:09,NORMAL: too many,moved away,",
            "left",
            "NORMAL: too many: moved away",
        ),
        (
            "UNSUB_TIME,UNSUB_REASON,UNSUB_REASON_OTHER,",
            "2025-05-06 07:08:09,ABUSE: complaint,,",
            "complained",
            "ABUSE: complaint",
        ),
        (
            "CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,",
            "2025-05-06 07:08:09,May news,9,",
            "bounced",
            "cleaned after May news",
        ),
    ],
)
def test_mailchimp_people_who_must_not_be_mailed(columns: str, cells: str, state: str, reason: str) -> None:
    line = f"bo@reader.example,Bo,,,2,2019-03-01 09:00:00,,,,,,,,,,,{cells}1,b,,\n"
    (row,) = rows(MAILCHIMP.format(columns) + line)
    assert isinstance(row, Row)
    assert (row.suppression or row.subscriptions[0].state.value) == state
    assert row.subscriptions[0].state is Consent.LEFT
    assert row.status_since == datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert row.status_reason == reason
    assert row.subscriptions[0].digest == "daily"


def test_a_list_of_people_who_left_makes_nobody_active_without_a_time() -> None:
    line = "bo@reader.example,Bo,,,2,2019-03-01 09:00:00,,,,,,,,,,,,1,b,,\n"
    assert states(MAILCHIMP.format("UNSUB_TIME,") + line) == ["refused"]
    assert states(MAILCHIMP.format("Status,") + line.replace(",,1,b", ",cleaned,1,b")) == ["bounced"]


def test_ghost_members() -> None:
    text = GHOST + (
        '1,ada@reader.example,Ada,"VIP, early",true,true,cus_1,2024-01-15T10:00:00.000Z,,"press,vip",gold\n'
        "2,bo@reader.example,Bo,,false,false,,2024-02-01T12:30:00.000Z,,,\n"
        "3,cy@reader.example,,,true,false,,2024-02-01T12:30:00.000Z,2025-01-01T00:00:00.000Z,,\n"
        "4,di@reader.example,,,perhaps,false,,2024-02-01T12:30:00.000Z,,,\n"
        "5,ed@reader.example,,,,false,,2024-02-01T12:30:00.000Z,,,\n"
    )
    assert states(text) == ["active", "left", "left", "refused", "left"]
    ada, _, cy, *_ = rows(text)
    assert isinstance(ada, Row)
    assert isinstance(cy, Row)
    assert (ada.tags, ada.joined) == (("press", "vip"), datetime(2024, 1, 15, 10, tzinfo=UTC))
    assert ada.attributes["note"] == "VIP, early"
    assert (ada.consent, ada.consented) == ("Ghost: signed up 2024-01-15T10:00:00.000Z", ada.joined)
    assert cy.status_since == datetime(2025, 1, 1, tzinfo=UTC)


def test_listmonk_subscribers() -> None:
    attributes = json.dumps({"City": "Delhi", "age": 41, "likes": ["tea"], "joined": "x", "none": None}).replace(
        '"', '""'
    )
    when = "2023-04-05 06:07:08.123456 +0000 UTC"
    text = LISTMONK + (
        f'u1,ada@reader.example,Ada,"{attributes}",enabled,{when},{when}\n'
        f"u2,bo@reader.example,Bo,{{}},disabled,{when},2024-01-01 00:00:00 +0000 UTC\n"
        f"u3,cy@reader.example,Cy,{{}},blocklisted,{when},2024-01-01 00:00:00 +0000 UTC\n"
        f"u4,di@reader.example,Di,{{}},new-word,{when},{when}\n"
        f"u5,ed@reader.example,Ed,[1],enabled,{when},{when}\n"
    )
    assert states(text) == ["active", "left", "blocked", "refused", "refused"]
    ada, bo, *_ = rows(text)
    assert isinstance(ada, Row)
    assert isinstance(bo, Row)
    assert ada.attributes == {"city": "Delhi", "age": "41", "likes": '["tea"]', "joined": "x"}
    assert ada.joined == datetime(2023, 4, 5, 6, 7, 8, tzinfo=UTC)
    assert (bo.status_since, bo.status_reason) == (datetime(2024, 1, 1, tzinfo=UTC), "disabled at listmonk")


def test_substack_readers() -> None:
    text = SUBSTACK + (
        "ada@reader.example,true,2027-01-01,yearly,false,2025-01-02T03:04:05Z,2025-02-01\n"
        "bo@reader.example,false,,other,true,2025-01-02,\n"
    )
    assert states(text) == ["active", "left"]
    ada, bo = rows(text)
    assert isinstance(ada, Row)
    assert isinstance(bo, Row)
    assert (ada.attributes["plan"], ada.attributes["active_subscription"]) == ("yearly", "true")
    assert bo.status_reason == "mail switched off at Substack"


@pytest.mark.parametrize(
    ("status", "gone", "state"),
    [
        ("active", "", "active"),
        ("Active", "2025-01-01", "left"),
        ("inactive", "2025-01-01", "left"),
        ("validating", "", "pending"),
        ("invalid", "", "bounced"),
        ("paused?", "", "refused"),
        ("", "", "refused"),
    ],
)
def test_beehiiv_subscribers(status: str, gone: str, state: str) -> None:
    line = f"ada@reader.example,{status},2025-01-02 03:04:05,,news,ref1,{gone},Ada\n"
    assert states(BEEHIIV + line) == [state]


def test_our_own_files_are_nobody_elses() -> None:
    for heading in (
        "email,name,language,timezone,topics,tags,digests,status,frequency,paused_until,consent,joined",
        "email,status,utm_source",
        "email_address,first_name,last_name",
        "email,name,created_at,plan",
    ):
        assert recognise(heading.split(",")) is None


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        (MAILCHIMP.format(""), "Mailchimp"),
        (GHOST, "Ghost"),
        (LISTMONK, "listmonk"),
        (SUBSTACK, "Substack"),
        (BEEHIIV, "beehiiv"),
    ],
)
def test_each_heading_is_one_systems(heading: str, name: str) -> None:
    names = frozenset(heading.strip().lower().replace(" ", "_").split(","))
    assert [origin.name for origin in ORIGINS if origin.knows(names)] == [name]


def test_a_line_with_too_many_cells_is_refused_there_too() -> None:
    (error,) = rows(SUBSTACK + "ada@reader.example,true,,other,false,2025-01-02,,more\n")
    assert isinstance(error, RowError)
    assert (error.email, error.line) == ("ada@reader.example", 2)
    assert "8 cells" in error.what
