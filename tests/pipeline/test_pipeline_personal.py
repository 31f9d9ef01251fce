"""Personal segments: each reader's own list, frozen, joined from blocks, and never with an event they had."""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path

import pytest
from sqlalchemy import select, update

from digest.clock import StillClock
from digest.errors import SendError, UsageError
from digest.models.edition import LATEST, LEAD
from digest.models.mail import Delivery, Message, State
from digest.models.people import Recipient
from digest.models.story import Story, TopicScore, story_id
from digest.pipeline.build import Built, build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.edition_file import file_path
from digest.pipeline.gather import gather
from digest.pipeline.giving import Giver
from digest.pipeline.keeping import from_json, to_json
from digest.pipeline.naming import identify
from digest.pipeline.planning import explain, plan_of
from digest.pipeline.project import Project, open_project
from digest.pipeline.rehearsal import send_to_oneself
from digest.pipeline.selecting import select as select_edition
from digest.send import MemorySender, Sender
from digest.settings import load_settings
from digest.store import editions, ledger, lists, preferences, stories
from digest.store.schema import deliveries, subscribers, subscriptions

TODAY = "daily/2026-11-24"
AUDIENCE = """label = "Your own"
filter = "status = active"
personal = true
languages = ["en", "de"]
"""


@pytest.fixture
def own(paper: Path, reopen: Callable[[], Project]) -> Project:
    """The sample publication with everyone in one personal segment."""
    (paper / "audiences" / "own.toml").write_text(AUDIENCE)
    file = paper / "digest.toml"
    text = file.read_text()
    file.write_text(text.replace('segments = ["deutsch", "business", "everyone"]', 'segments = ["own"]'))
    project = reopen()
    list(gather(project))
    return project


def ready(project: Project) -> Built:
    built = build(project, draft(project, identify(project, "daily", sending=True)))
    assert built.blocking == ()
    return built if built.draft.frozen else freeze(project, built, project.now())


def send(project: Project, sender: Sender | None = None, **options: object) -> MemorySender:
    built = ready(project)
    sender = sender or MemorySender()
    with sender:
        list(
            deliver(
                project,
                built.draft.edition,
                built.renderings,
                sender,
                Options(**options),  # type: ignore[arg-type]
                sleep=lambda _: None,
            )
        )
    assert isinstance(sender, MemorySender)
    return sender


def choose_topics(project: Project, topics: str) -> None:
    with project.store.database.begin() as connection:
        connection.execute(update(subscriptions).values(topics=topics))


def frozen(project: Project, edition: str = TODAY) -> dict[str, tuple[str, lists.Listed]]:
    """Address → (id of the list, the list)."""
    with project.store.database.read() as connection:
        rows = connection.execute(
            select(deliveries.c.email, deliveries.c.list).where(deliveries.c.edition == edition)
        ).all()
        contents = lists.read(connection, {name for _, name in rows if name})
    return {email: (name, contents[name]) for email, name in rows if name}


def test_each_reader_gets_the_lead_and_the_sections_they_chose(own: Project) -> None:
    choose_topics(own, ",science,city,")
    sender = send(own)
    assert len(sender.sent) == 10
    for _, listed in frozen(own).values():
        sections = list(dict.fromkeys(section for section, _, _ in listed))
        assert sections[0] == LEAD
        assert set(sections[1:]) <= {"science", "city", LATEST}
    topics = {c.story: set(c.topics) for c in ready(own).draft.pool.candidates}
    rails = [story for _, listed in frozen(own).values() for name, story, _ in listed if name == LATEST]
    assert rails
    assert all(not topics[story] or topics[story] & {"science", "city"} for story in rails)


def test_who_chose_no_topics_gets_the_list_that_a_build_shows(own: Project) -> None:
    choose_topics(own, ",")
    built = ready(own)
    own_edition = built.personal["own"]
    send(own)
    wanted = own_edition.listed(own_edition.default)
    english = [listed for email, (_, listed) in frozen(own).items() if email.startswith("meera")]
    assert english == [wanted]
    plan = built.draft.segments["own"]
    assert [(section.name, pick.story) for section in plan.sections for pick in section.picks] == [
        (name, story) for name, story, _ in wanted
    ]
    assert built.draft.edition.plan_for("own") == plan
    assert built.renderings["own"].stories == len(wanted)


def test_readers_get_their_own_language(own: Project) -> None:
    add_stories(own, "morning")
    built, sender = ready(own), send(own)
    for message in sender.sent:
        told = {built.draft.stories[story].language for _, story, _ in frozen(own)[message.to][1]}
        assert told <= {message.variant.language, None}
    by_name = {message.to.split("@")[0]: message for message in sender.sent}
    german, english, other = by_name["jorg.lindemann"], by_name["meera.raghunath"], by_name["kavita.sharma"]
    assert (german.variant.language, english.variant.language, other.variant.language) == ("de", "en", "en")
    assert german.values["why"] != english.values["why"]
    with own.store.database.read() as connection:
        rows = dict(connection.execute(select(deliveries.c.email, deliveries.c.language)).all())
    assert (rows[german.to], rows[english.to], rows[other.to]) == ("de", "en", "en")


def test_a_message_is_the_joined_blocks_of_its_list_in_both_parts(own: Project) -> None:
    built = ready(own)
    sender = send(own)
    titles = {key: story.title for key, story in built.draft.stories.items()}
    lists_of = frozen(own)
    assert len({name for name, _ in lists_of.values()}) > 3
    for message in sender.sent:
        _, listed = lists_of[message.to]
        given: dict[str, list[str]] = {}
        for name, story, _ in listed:
            given.setdefault(name, []).append(story)
        wanted = built.personal["own"].rendering(message.variant.language, list(given.items()))
        assert message.variant == wanted
        text, page = (part.get_content() for part in decoded(message).iter_parts())
        assert text.replace("\r\n", "\n") == filled(wanted.text, message.values)
        assert page.replace("\r\n", "\n") == filled(
            wanted.html, {k: html.escape(v) for k, v in message.values.items()}
        )
        order = [titles[story] for _, story, _ in listed]
        assert sorted(order, key=text.index) == order
        assert sorted(order, key=html.unescape(page)[page.index("<h2") :].index) == order
        assert wanted.stories == len(listed) == len(set(order))


def test_nobody_gets_an_event_again_and_everybody_gets_news(own: Project, clock: StillClock) -> None:
    send(own)
    first = frozen(own)
    clock.forward(timedelta(hours=12))
    add_stories(own, "evening")
    clock.forward(timedelta(hours=12))
    add_stories(own, "morning")
    sender = send(own)
    second = frozen(own, "daily/2026-11-25")
    assert len(sender.sent) == 10
    for email, (_, listed) in second.items():
        had = {cluster for _, _, cluster in first[email][1]}
        assert listed
        assert not had & {cluster for _, _, cluster in listed}


def test_what_a_reader_got_in_another_segment_counts(
    paper: Path, own: Project, reopen: Callable[[], Project], clock: StillClock
) -> None:
    file = paper / "digest.toml"
    personal = file.read_text()
    file.write_text(personal.replace('segments = ["own"]', 'segments = ["deutsch", "business", "everyone"]'))
    before = reopen()
    sent_plans = ready(before).draft.segments
    sender = send(before)
    segments = {message.to: message.segment for message in sender.sent}
    file.write_text(personal)
    clock.forward(timedelta(days=1))
    after = reopen()
    add_stories(after, "morning")
    send(after)
    for email, (_, listed) in frozen(after, "daily/2026-11-25").items():
        had = {pick.cluster for pick in sent_plans[segments[email]].picks()}
        assert not had & {cluster for _, _, cluster in listed}


def test_merged_events_share_a_history(own: Project, clock: StillClock) -> None:
    send(own)
    _, listed = frozen(own)["meera.raghunath@reader.example"]
    had = [cluster for _, _, cluster in listed]
    clock.forward(timedelta(days=1))
    new = add_stories(own, "morning")
    with own.store.database.begin() as connection:
        # The event that the reader knows turns out to be the same as one of today's.
        stories.place(connection, {}, {had[1]: new[0]}, own.now())
    send(own)
    for email, (_, listed) in frozen(own, "daily/2026-11-25").items():
        if email.startswith("meera"):
            assert new[0] not in {cluster for _, _, cluster in listed}


def test_a_resumed_send_mails_the_frozen_lists(own: Project) -> None:
    with pytest.raises(SendError):
        send(own, Breaking(after=3))
    before = frozen(own)
    assert len(before) == 10
    choose_topics(own, ",culture,")
    sender = send(own, resume=True)
    assert frozen(own) == before
    assert len(sender.sent) == 7
    built = ready(own)
    for message in sender.sent:
        given: dict[str, list[str]] = {}
        for name, story, _ in before[message.to][1]:
            given.setdefault(name, []).append(story)
        assert message.variant == built.personal["own"].rendering(message.variant.language, list(given.items()))


def test_only_what_was_accepted_counts_as_had(own: Project, clock: StillClock) -> None:
    lost = "meera.raghunath@reader.example"
    send(own, MemorySender({lost: State.REJECTED}))
    first = frozen(own)
    with own.store.database.read() as connection:
        reader = connection.scalar(select(deliveries.c.subscriber).where(deliveries.c.email == lost))
        assert reader
        since = own.now() - timedelta(days=7)
        assert list(lists.history(connection, [reader], since, "daily/2026-11-25")) == []
    assert lost in first


def test_an_event_that_an_editor_marked_may_come_again(own: Project, clock: StillClock) -> None:
    send(own)
    before = frozen(own)["meera.raghunath@reader.example"][1]
    had = {cluster for name, _, cluster in before if name != LEAD}
    clock.forward(timedelta(hours=18))
    add_stories(own, "night", ["city"])
    built = build(own, draft(own, identify(own, "daily", sending=True)))
    assert built.draft.edition.id == "daily/2026-11-25"
    marked = replace(built.personal["own"], again=frozenset(had))
    found = {}
    with own.store.database.begin() as connection:
        row = connection.execute(select(deliveries).where(deliveries.c.email.startswith("meera"))).one()
        recipient = Recipient("new-1", row.subscriber, row.email, "", "own", "en")
        for name, edition in (("plain", built.personal["own"]), ("marked", marked)):
            giver = Giver(built.draft.edition, {"own": edition}, own.now() - timedelta(days=7))
            listed = giver.give(connection, [recipient])["new-1"].listed
            found[name] = {cluster for section, _, cluster in listed if section != LEAD}
    assert not found["plain"] & had
    assert found["marked"] & had


def test_the_checked_variant_is_the_largest(own: Project) -> None:
    built = ready(own)
    send(own)
    largest = max(len(rendering.html) for rendering in built.personal["own"].largest())
    for _, listed in frozen(own).values():
        given: dict[str, list[str]] = {}
        for name, story, _ in listed:
            given.setdefault(name, []).append(story)
        assert len(built.personal["own"].rendering("en", list(given.items())).html) <= largest


def test_what_is_kept_of_a_personal_edition_gives_it_back(own: Project) -> None:
    edition = build(own, draft(own, identify(own, "daily"))).personal["own"]
    assert from_json(json.loads(json.dumps(to_json(edition)))) == edition


def test_an_approval_binds_to_the_lists_too(own: Project, clock: StillClock) -> None:
    first = build(own, draft(own, identify(own, "daily"))).draft.edition.hash
    assert build(own, draft(own, identify(own, "daily"))).draft.edition.hash == first
    file = own.root / "digest.toml"
    file.write_text(file.read_text().replace('budget = "6 min"', 'budget = "9 min"'))
    changed = open_project(load_settings(own.root, {}), clock, {})
    assert build(changed, draft(changed, identify(changed, "daily"))).draft.edition.hash != first


def decoded(message: Message) -> EmailMessage:
    parsed = message_from_bytes(message.raw, policy=default_policy)
    assert isinstance(parsed, EmailMessage)
    return parsed


def filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], text)


def add_stories(project: Project, when: str, topics: Iterable[str] = ()) -> list[str]:
    """Stories of this moment, three a topic and language; their ids, which are their events'."""
    now = project.now()
    placed: dict[str, tuple[list[TopicScore], str]] = {}
    new: list[Story] = []
    for topic in topics or project.settings.topics:
        for language, number in itertools.product(("en", "de"), range(3)):
            title = f"{topic.capitalize()} {when} {number} in {language} of {now:%d %B} tells something"
            body = " ".join(f"{title} and more of it, sentence {n}." for n in range(20))
            url = f"https://news.example/{topic}/{when}/{language}/{number}/{now:%Y%m%d}"
            story = Story(
                id=story_id(url, "desk", title),
                source="desk",
                title=title,
                url=url,
                excerpt=f"{title}.",
                body=body,
                language=language,
                published=now - timedelta(minutes=number + 1),
            )
            new.append(story)
            placed[story.id] = ([TopicScore(topic, 1.0, "explicit")], story.id)
    with project.store.database.begin() as connection:
        stories.save(connection, new, now)
        stories.place(connection, placed, {}, now)
    return [story.id for story in new]


class Breaking(MemorySender):
    """Accepts a few and then fails as a whole."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for message in messages:
            if len(self.sent) >= self._after:
                raise SendError("the relay is gone")
            yield from super().send([message])


def test_what_a_crashed_send_did_deliver_counts_as_had(own: Project) -> None:
    first = MemorySender()
    first.script = {"sean.oriordan@reader.example": MemoryError()}
    with pytest.raises(MemoryError):
        send(own, first)
    assert first.sent
    second = MemorySender()
    second.sent = list(first.sent)
    send(own, second, resume=True)
    with own.store.database.read() as connection:
        got = editions.already(connection, "own", own.now() - timedelta(days=7), "daily/2026-11-25")
    assert {cluster for _, listed in frozen(own).values() for _, _, cluster in listed} == set(got)
    assert len({message.to for message in second.sent}) == 10


def test_a_reader_for_whom_nothing_is_new_is_left_out_with_a_reason(own: Project, clock: StillClock) -> None:
    file = own.root / "digest.toml"
    file.write_text(file.read_text().replace("lead = 1", "lead = 0"))
    project = open_project(load_settings(own.root, {}), clock, {})
    choose_topics(project, ",science,")
    send(project)
    clock.forward(timedelta(hours=20))
    add_stories(project, "night", ["city"])
    sender = send(project)
    assert sender.sent == []
    with project.store.database.read() as connection:
        assert ledger.reasons(connection, "daily/2026-11-25") == [
            (State.SKIPPED, "nothing that is new to this reader", 10)
        ]


def test_a_teaser_without_a_link_is_in_no_list_that_leaves_the_machine(own: Project) -> None:
    now = own.now()
    teaser = Story("teaserteaserteas", "A headline from the rail alone", source="desk", teaser=True, published=now)
    with own.store.database.begin() as connection:
        stories.save(connection, [teaser], now)
        stories.place(connection, {teaser.id: ([TopicScore("world", 1.0, "explicit")], teaser.id)}, {}, now)
    made = draft(own, identify(own, "daily"))
    assert teaser.id in build(own, made).personal["own"].clusters
    leaving = build(own, made, leaves=True).personal["own"]
    assert teaser.id not in leaving.clusters
    assert all(teaser.title not in block.block.html for s in leaving.variants["en"].sections for block in s.stories)


def test_an_editors_words_stand_in_every_readers_list(own: Project) -> None:
    identity = identify(own, "daily")
    made = select_edition(own, identity).draft
    lead, card = made.base.lead, next(p for s in made.base.sections if s.name == "world" for p in s.picks)
    assert lead
    path = file_path(own, identity.id)
    text = path.read_text()
    for story, words in ((lead.story, "Two lines merge"), (card.story, "Calm at sea")):
        entry = f'{{ id = "{story}" }}'
        assert entry in text
        text = text.replace(
            entry, entry.replace(" }", f', title = "{words}", lines = ["{words}, it is said."] }}'), 1
        )
    path.write_text(text)
    choose_topics(own, ",world,")
    sender = send(own)
    for message in sender.sent:
        if message.variant.language != "en":
            continue
        plain = next(iter(decoded(message).iter_parts())).get_content()
        assert "Two lines merge, it is said." in plain
        assert "Calm at sea, it is said." in plain
        assert lead.title not in plain


def test_a_test_as_a_reader_is_their_own_list(own: Project, clock: StillClock) -> None:
    reader = "meera.raghunath@"
    choose_topics(own, ",science,")
    built = build(own, draft(own, identify(own, "daily", sending=True)))
    with own.store.database.read() as connection:
        email = next(e for e in connection.scalars(select(subscribers.c.email)) if e.startswith(reader))
    ((message, answer),) = send_to_oneself(
        own, built, "me@press.example", as_=email, segment=None, transport="folder"
    )
    assert answer.state is State.ACCEPTED
    assert message.to == "me@press.example"
    sender = send(own)
    (theirs,) = (sent for sent in sender.sent if sent.to == email)
    assert message.variant == theirs.variant
    ((nobody, _),) = send_to_oneself(own, built, "me@press.example", as_="empty", segment=None, transport="folder")
    assert nobody.variant == built.renderings["own"]
    assert nobody.variant != theirs.variant
    with pytest.raises(UsageError, match="nobody here has"):
        list(send_to_oneself(own, built, "me@press.example", as_="a@b.example", segment=None, transport="folder"))


def test_a_test_for_a_reader_of_text_only_is_what_they_get(own: Project) -> None:
    with own.store.database.begin() as connection:
        row = connection.execute(select(subscribers.c.id, subscribers.c.email).limit(1)).one()
        preferences.change_person(connection, row.id, plain=True)
    built = build(own, draft(own, identify(own, "daily", sending=True)))
    ((message, _),) = send_to_oneself(own, built, "me@press.example", as_=row.email, segment=None, transport="folder")
    sent = {one.to: one for one in send(own).sent}
    assert message.plain is True
    assert b"multipart" not in message.raw
    assert message.variant == sent[row.email].variant
    assert [to for to, one in sent.items() if one.plain] == [row.email]


def test_the_plan_of_a_personal_segment_is_of_who_chose_nothing(own: Project) -> None:
    identity = identify(own, "daily")
    built = build(own, draft(own, identity))
    plan = build(own, draft(own, identity)).draft.segments["own"]
    assert plan.sections == built.draft.segments["own"].sections
    shown = plan_of(own, draft(own, identity), "own")
    assert shown.sections == plan.sections
    first = next(shown.picks())
    assert explain(own, identity, first.story, "own")["where"] == LEAD
    with own.store.database.read() as connection:
        others = [
            s.story.id for s in stories.recent(connection) if s.story.id not in {p.story for p in shown.picks()}
        ]
    for story in (others[0], others[-1]):
        said = explain(own, identity, story, "own")
        assert said["where"] == "left out"
        assert said["reason"]
