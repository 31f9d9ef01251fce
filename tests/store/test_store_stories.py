"""Stories: once each, a new revision when they change, and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.models.story import Story, TopicScore, story_id
from digest.store import stories
from digest.store.database import Database

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")


def story(name: str = "a", **given: object) -> Story:
    url = f"https://news.example/{name}"
    return Story(story_id(url, "", name), f"The story of {name}", url=url, source="desk", **given)  # type: ignore[arg-type]


def save(database: Database, *given: Story, now: datetime = NOW) -> stories.Saved:
    with database.begin() as connection:
        return stories.save(connection, given, now)


def test_the_same_story_twice_is_there_once(database: Database) -> None:
    first = story(takeaways=("One", "Two"))
    assert save(database, first).new == (first.id,)
    again = save(database, first, now=NOW + timedelta(days=1))
    assert (again.new, again.changed, again.same) == ((), (), 1)
    with database.read() as connection:
        (kept,) = stories.recent(connection)
    assert kept.story == replace(first, seen=NOW)
    assert kept.revision == 1


def test_a_changed_story_is_a_new_revision_and_keeps_when_it_was_first_seen(database: Database) -> None:
    first = story(body="one")
    save(database, first)
    changed = replace(first, body="two")
    assert save(database, changed, now=NOW + timedelta(hours=3)).changed == (first.id,)
    with database.read() as connection:
        kept = stories.get(connection, first.id)
        assert kept
        assert (kept.revision, kept.story.body, kept.story.seen) == (2, "two", NOW)
        old = stories.revision(connection, first.id, 1)
        assert old
        assert old.body == "one"


def test_a_teaser_never_overwrites_the_story(database: Database) -> None:
    whole = story(body="all of it")
    save(database, whole)
    assert save(database, replace(whole, teaser=True, body="")).same == 1
    assert save(database, replace(whole, teaser=True, body=""), whole).same == 1
    with database.read() as connection:
        kept = stories.get(connection, whole.id)
    assert kept
    assert kept.story.body == "all of it"


def test_a_story_is_found_by_the_beginning_of_its_id_and_by_its_title(database: Database) -> None:
    save(database, story("a"), story("b"))
    with database.read() as connection:
        found = stories.get(connection, story("a").id[:6].upper())
        assert found
        assert found.story.title == "The story of a"
        assert stories.get(connection, "abc") is None
        assert stories.get(connection, "%%%%") is None
        assert stories.with_title(connection, "  the STORY of b! ") == replace(story("b"), seen=NOW)
        assert stories.with_title(connection, "another") is None


def test_topics_and_clusters_are_kept_and_merged_ones_are_one(database: Database) -> None:
    one, two = story("a"), story("b")
    save(database, one, two)
    topics = (TopicScore("world", 0.9, "explicit"),)
    with database.begin() as connection:
        stories.place(connection, {one.id: (topics, one.id), two.id: ((), two.id)}, {}, NOW)
        assert stories.placed(connection, [one.id, two.id, "none"]) == {one.id, two.id}
        stories.place(connection, {}, {two.id: one.id}, NOW)
        kept = {s.story.id: s for s in stories.recent(connection)}
    assert kept[one.id].topics == topics
    assert kept[two.id].cluster == one.id


def test_the_recent_are_by_time_and_since_counts_both_dates(database: Database) -> None:
    old = story("old", published=NOW - timedelta(days=9))
    new = story("new", published=NOW - timedelta(hours=1))
    save(database, old, new, now=NOW - timedelta(days=5))
    late = story("late", published=NOW - timedelta(days=8))
    save(database, late)
    with database.read() as connection:
        assert [s.story.id for s in stories.recent(connection)] == [new.id, late.id, old.id]
        assert [s.story.id for s in stories.since(connection, NOW - timedelta(days=1))] == [late.id, new.id]
        assert len(list(stories.recent(connection, 2))) == 2
