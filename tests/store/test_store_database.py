"""The database: transactions, locks between processes, trouble in words, and one schema everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text

from digest.errors import Stale, Stopped, StoreError
from digest.store import migrate as migrate_room
from digest.store.database import Database, open_database
from digest.store.migrate import HEAD, migrate
from digest.store.opening import open_store
from digest.store.schema import meta, metadata


def test_a_transaction_that_fails_keeps_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as connection:
        connection.execute(insert(meta).values(key="a", value="b"))
        raise RuntimeError
    with database.read() as connection:
        assert connection.execute(select(meta)).all() == []


def test_a_lock_is_held_by_one_and_let_go_at_the_end(database: Database) -> None:
    with database.lock("send daily", "sending daily"):
        with pytest.raises(Stale, match="sending daily"), database.lock("send daily", "sending daily"):
            pass
        with database.lock("send weekly", "sending weekly"):
            pass
    with database.lock("send daily", "sending daily"):
        pass


def test_migrations_and_schema_say_the_same(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_head_that_is_checked_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(migrate_room.__file__).parent / "migrations"))
    assert scripts.get_current_head() == HEAD


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    with database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD


def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    opened = open_database("sqlite:///store.db", tmp_path, create=True)
    migrate(opened)
    with opened.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        migrate(opened)


def test_sqlite_is_durable_and_readers_do_not_block(tmp_path: Path) -> None:
    opened = open_database("sqlite:///store.db", tmp_path, create=True)
    with opened.read() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_full_disk_is_said_in_words_and_keeps_what_was_done(tmp_path: Path) -> None:
    opened = open_database("sqlite:///store.db", tmp_path, create=True)
    migrate(opened)
    with pytest.raises(Stopped, match="disk is full") as caught, opened.begin() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        for number in range(2000):
            connection.execute(insert(meta).values(key=f"k{number}", value="x" * 4000))
    assert caught.value.exit_code == 75
    assert "--resume" in (caught.value.hint or "")


def test_a_file_that_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("this is a letter, not a database\n" * 50)
    with pytest.raises(StoreError, match="not a database"):
        migrate(open_database("sqlite:///store.db", tmp_path, create=True))


@pytest.mark.parametrize("url", ["mysql://here/x", "sqlite://", "nonsense"])
def test_another_kind_of_store_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=re.escape("[store] url")):
        open_database(url, tmp_path, create=True)


def test_a_missing_store_is_not_made_where_it_should_be_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store yet"):
        open_database("sqlite:///store.db", tmp_path, create=False)


def test_a_store_keeps_its_id_and_keys_and_its_publication(tmp_path: Path) -> None:
    first = open_store("sqlite:///store.db", tmp_path, "ledger")
    again = open_store("sqlite:///store.db", tmp_path, "ledger")
    assert (first.id, first.signing_key, first.suppression_key) == (
        again.id,
        again.signing_key,
        again.suppression_key,
    )
    assert first.signing_key != first.suppression_key
    with pytest.raises(Stale, match='belongs to the publication "ledger"'):
        open_store("sqlite:///store.db", tmp_path, "other")


def test_what_two_processes_write_at_once_is_kept_of_one_and_said_to_the_other(
    postgres_url: str, tmp_path: Path
) -> None:
    one, other = (open_database(postgres_url, tmp_path, create=True) for _ in range(2))
    with pytest.raises(Stale, match="same at the same moment") as told, other.begin() as theirs:
        theirs.execute(select(meta)).all()
        with one.begin() as ours:
            ours.execute(insert(meta).values(key="k", value="1"))
        theirs.execute(insert(meta).values(key="l", value="2"))
        theirs.execute(insert(meta).values(key="k", value="2"))
    assert told.value.exit_code == 6
    with other.read() as connection:
        assert dict(connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_(["k", "l"]))).all()) == {
            "k": "1"
        }
    one.engine.dispose()
    other.engine.dispose()
