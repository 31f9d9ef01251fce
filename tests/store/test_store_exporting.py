"""Everyone with all that an export says, page by page; and segments counted without loading anybody."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.models.people import Consent, Subscription
from digest.store import exporting, imports, joining, people, suppression
from digest.store.database import Database
from digest.store.joining import Joining
from digest.store.schema import subscriptions

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
WHEN = datetime(2024, 5, 6, tzinfo=UTC)
KEY = b"k" * 32


def came(number: int, *digests: str, **given: object) -> Joining:
    email = f"r{number}@mail.example"
    held = tuple(Subscription(0, digest, Consent.ACTIVE) for digest in digests or ("daily",))
    return Joining(email, email, subscriptions=held, **given)  # type: ignore[arg-type]


def join(database: Database, *batch: Joining) -> None:
    with database.begin() as connection:
        joining.join(connection, batch, KEY, NOW)


def kept(database: Database) -> list[exporting.Kept]:
    with database.read() as connection:
        return list(exporting.everyone(connection, KEY))


def test_pages_join_up(database: Database) -> None:
    join(database, *(came(number, "daily", "weekly") for number in range(2 * exporting.PAGE + 5)))
    found = kept(database)
    assert [one.person.email for one in found] == [f"r{number}@mail.example" for number in range(len(found))]
    assert len(found) == 2 * exporting.PAGE + 5
    assert {tuple(held.digest for held in one.subscriptions) for one in found} == {("daily", "weekly")}


def test_consent_and_what_bars_an_address_come_along(database: Database) -> None:
    join(database, came(1, consent="form 3", consented=WHEN), came(2), came(3, suppressed="bounced", ended=WHEN))
    with database.begin() as connection:
        suppression.suppress(connection, "r2@mail.example", KEY, "asked", NOW, scope="weekly")
    first, second, third = kept(database)
    assert (first.wording, first.agreed, first.barred) == ("form 3", WHEN, "")
    assert (second.wording, second.barred) == ("", "")
    assert (third.barred, third.since) == ("bounced", WHEN)


def test_only_those_whom_a_condition_admits_and_never_the_forgotten(database: Database) -> None:
    join(database, came(1, "daily", "weekly"), came(2, "weekly"), came(3))
    with database.read() as connection:
        weekly = list(exporting.everyone(connection, KEY, subscriptions.c.digest == "weekly", "weekly"))
        assert [one.person.email for one in weekly] == ["r1@mail.example", "r2@mail.example"]
        assert [held.digest for held in weekly[0].subscriptions] == ["daily", "weekly"]
        assert people.count(connection, "daily", subscriptions.c.digest == "daily") == 2
        assert [person.email for person, _ in people.listing(connection, limit=2)] == [
            "r1@mail.example",
            "r2@mail.example",
        ]


def test_every_attribute_is_named_once(database: Database) -> None:
    join(database, came(1, attributes={"city": "x", "a": "1"}), came(2), came(3, attributes={"city": "y", "z": "1"}))
    with database.read() as connection:
        assert exporting.attribute_names(connection) == ("a", "city", "z")


def test_how_far_an_import_is_and_where_its_refused_rows_are(database: Database) -> None:
    with database.begin() as connection:
        assert imports.progress(connection, "m") is None
        imports.keep(connection, "m", {"rows": 4000})
        imports.keep(connection, "m", {"rows": 8000})
        imports.note_rejects(connection, "/a_b/x.csv")
        imports.note_rejects(connection, "/a_b/x.csv")
        assert imports.progress(connection, "m") == {"rows": 8000}
        assert imports.rejects(connection) == ("/a_b/x.csv",)
        imports.end(connection, "m")
        imports.unnote_rejects(connection, "/a_b/x.csv")
        assert imports.progress(connection, "m") is None
        assert imports.rejects(connection) == ()


def test_suppressed_addresses_are_found_among_many(database: Database) -> None:
    keys = [f"r{number}@mail.example" for number in range(25_000)]
    with database.begin() as connection:
        assert suppression.suppressed_everywhere(connection, keys, KEY) == {}
        suppression.suppress(connection, keys[3], KEY, "asked", NOW)
        suppression.suppress(connection, keys[-1], KEY, "bounced", NOW)
        suppression.suppress(connection, keys[5], KEY, "asked", NOW, scope="daily")
        found = suppression.suppressed_everywhere(connection, keys, KEY)
        assert found == {keys[3]: "asked", keys[-1]: "bounced"}
        (listed,) = suppression.of_address(connection, keys[5], KEY)
        assert (listed.scope, listed.reason, listed.at) == ("daily", "asked", NOW)
        suppression.unname(connection, keys[3], KEY)
        assert {one.email for one in suppression.suppressed(connection)} == {"(forgotten)", keys[5], keys[-1]}
