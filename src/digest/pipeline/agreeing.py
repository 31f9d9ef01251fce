"""Keep our suppressions and SendGrid's in step: theirs become ours, and ours theirs where that harms nobody.

Bounces, invalid addresses, complaints and unsubscribes there suppress here. Ours are put on the unsubscribe group of
`[delivery.sendgrid] asm_group`, and only there: SendGrid's list for everything would also stop mail of other systems
that share the account, such as passwords. A reader who agreed anew is taken off the lists that they had put
themselves on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from digest.audiences.words import email_key
from digest.pipeline.project import Project
from digest.pipeline.transport import sender_for
from digest.send.sendgrid_lists import (
    Calls,
    Listed,
    ListEntry,
    fetch_suppressions,
    lift_suppressions,
    push_unsubscribes,
)
from digest.store import agreeing
from digest.store.event_effects import COMPLAINED, HARD
from digest.store.preferences import LEFT_ALL

NAME = "sendgrid_sync"
OVERLAP = timedelta(days=2)
_TOGETHER = 500
_REASONS = {
    Listed.BOUNCES: HARD,
    Listed.INVALID: HARD,
    Listed.SPAM: COMPLAINED,
    Listed.UNSUBSCRIBES: LEFT_ALL,
    Listed.GROUP: LEFT_ALL,
}
_OWN_WISH = (Listed.UNSUBSCRIBES, Listed.GROUP)


@dataclass(frozen=True, slots=True)
class Agreed:
    """How many entries were read, addresses newly suppressed here, readers whose subscriptions ended here, addresses
    put on SendGrid's group, and taken off because the reader agreed anew. `unusable` entries hold no address."""

    read: int = 0
    suppressed: int = 0
    ended: int = 0
    pushed: int = 0
    lifted: int = 0
    unusable: int = 0


def sync(project: Project, calls: Calls | None = None) -> Agreed:
    """Both directions once. After the first time only newer entries are read, and the group whole.

    Raises:
        CredentialsError: the key was refused, or may not read suppressions.
        Stopped: SendGrid asks for more patience than a few minutes.
        SendError: it cannot be reached, or answers nonsense.
        Stale, StoreError: the store cannot be written.
    """
    if calls is not None:
        return _sync(project, calls)
    with sender_for(project, "sendgrid") as sender:
        opened: Any = sender
        return _sync(project, Calls(opened.client, project.clock))


def _sync(project: Project, calls: Calls) -> Agreed:
    group = project.settings.delivery.sendgrid.asm_group
    database, began = project.store.database, project.now()
    with database.read() as connection:
        before = agreeing.last(connection, NAME)
    since = before - OVERLAP if before else None
    lists = (Listed.BOUNCES, Listed.INVALID, Listed.SPAM, Listed.UNSUBSCRIBES)
    done = Agreed()
    there: set[str] = set()
    back: dict[Listed, dict[str, int]] = {}
    part: list[ListEntry] = []
    for entry in fetch_suppressions(calls, lists, groups=() if group is None else (group,), since=since):
        part.append(entry)
        if len(part) == _TOGETHER:
            done = _learn(project, part, there, back, done)
            part = []
    done = _learn(project, part, there, back, done)
    lifted = 0
    for listed, people in back.items():
        lifted += lift_suppressions(calls, listed, sorted(people), group=group if listed is Listed.GROUP else None)
    missing: list[str] = []
    if group is not None:
        with database.read() as connection:
            missing = [key for key in agreeing.ours(connection) if key not in there]
    pushed = push_unsubscribes(calls, missing, group=group) if missing else 0
    with database.begin() as connection:
        agreeing.unnote_group(connection, back.get(Listed.GROUP, {}).values())
        for reader in agreeing.known(connection, missing).values():
            agreeing.note_group(connection, reader.subscriber, began)
        agreeing.note(connection, NAME, began)
    return Agreed(done.read, done.suppressed, done.ended, pushed, lifted, done.unusable)


def _learn(
    project: Project, part: Sequence[ListEntry], there: set[str], back: dict[Listed, dict[str, int]], done: Agreed
) -> Agreed:
    """Take in a part of their entries. `there` gets who is on the group, `back` who is to be taken off."""
    keys: dict[int, str] = {}
    for index, entry in enumerate(part):
        try:
            keys[index] = email_key(entry.address)
        except ValueError:
            continue
    now, secret = project.now(), project.store.suppression_key
    ended = 0
    adding: list[tuple[str, str]] = []
    with project.store.database.begin() as connection:
        readers = agreeing.known(connection, set(keys.values()))
        for index, key in keys.items():
            entry, reader = part[index], readers.get(key)
            if entry.listed in _OWN_WISH and reader is not None and _came_back(entry, reader):
                back.setdefault(entry.listed, {})[entry.address] = reader.subscriber
                continue
            if entry.listed is Listed.GROUP:
                there.add(key)
                if reader is not None:
                    agreeing.note_group(connection, reader.subscriber, now)
            if entry.listed in _OWN_WISH and reader is not None and reader.active:
                agreeing.end(connection, reader.subscriber, secret, now)
                ended += 1
            adding.append((key, _REASONS[entry.listed]))
        suppressed = agreeing.add(connection, adding, secret, now)
    return Agreed(
        done.read + len(part),
        done.suppressed + suppressed,
        done.ended + ended,
        unusable=done.unusable + len(part) - len(keys),
    )


def _came_back(entry: ListEntry, reader: agreeing.Known) -> bool:
    """Whether a reader agreed anew after they had gone onto a list. Groups tell no times: there, what counts is when
    we first saw them on it. Nobody on a group can leave by it once more, since it sends them nothing."""
    since = entry.at or reader.grouped
    return reader.active and reader.renewed is not None and since is not None and reader.renewed > since
