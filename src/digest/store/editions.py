"""Editions: their plans and frozen pools, their rendered variants, approvals, and what each audience already got.

It is longer than other modules because an edition is written and thawed in one piece, from tables that only it knows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from digest.models.edition import (
    Candidate,
    Edition,
    EditionState,
    LeftOut,
    Pick,
    Plan,
    PlanSection,
    Pool,
    Rendering,
)
from digest.store.schema import approvals, cluster_aliases, editions, pools, sent, stories, variants

_PERSONAL = "personal"
_BATCH = 500


def load(connection: Connection, key: str) -> Edition | None:
    """The edition with this id."""
    row = connection.execute(select(editions).where(editions.c.id == key)).first()
    return _edition(row) if row else None


def latest(connection: Connection, digest: str, *, before: str | None = None, limit: int = 1) -> tuple[Edition, ...]:
    """The newest editions of a digest, newest first; `before` leaves out that id and all later ones."""
    chosen = select(editions).where(editions.c.digest == digest).order_by(editions.c.id.desc()).limit(limit)
    if before:
        chosen = chosen.where(editions.c.id < before)
    return tuple(_edition(row) for row in connection.execute(chosen))


def previous(connection: Connection, digest: str, before: str) -> Edition | None:
    """The last edition before `before` that went out at all."""
    chosen = (
        select(editions)
        .where(
            editions.c.digest == digest,
            editions.c.id < before,
            editions.c.state.in_([EditionState.SENT.value, EditionState.SENDING.value, EditionState.EXPIRED.value]),
        )
        .order_by(editions.c.id.desc())
        .limit(1)
    )
    row = connection.execute(chosen).first()
    return _edition(row) if row else None


def save(connection: Connection, edition: Edition, pool: Pool | None = None) -> None:
    """Keep an edition, and its pool when one is given."""
    values = {
        "digest": edition.digest,
        "date": edition.date,
        "cut": edition.cut.timestamp(),
        "previous_cut": edition.previous_cut.timestamp() if edition.previous_cut else None,
        "send_by": edition.send_by.timestamp(),
        "state": edition.state.value,
        "subject": edition.subject,
        "preheader": edition.preheader,
        "hash": edition.hash,
        "frozen_at": edition.frozen_at.timestamp() if edition.frozen_at else None,
        "doc": _other_documents(connection, edition.id) | {"plans": [_plan_json(plan) for plan in edition.plans]},
    }
    if not connection.execute(update(editions).where(editions.c.id == edition.id).values(**values)).rowcount:
        connection.execute(insert(editions).values(id=edition.id, **values))
    if pool is not None:
        connection.execute(delete(pools).where(pools.c.edition == edition.id))
        rows = [
            {
                "edition": edition.id,
                "story": candidate.story,
                "revision": candidate.revision,
                "cluster": candidate.cluster,
                "position": position,
                "score": candidate.score,
                "topics": list(candidate.topics),
                "reasons": list(candidate.reasons),
            }
            for position, candidate in enumerate(pool.candidates)
        ]
        if rows:
            connection.execute(insert(pools), rows)


def set_state(connection: Connection, key: str, state: EditionState, now: datetime) -> None:
    """Move an edition on its way."""
    values: dict[str, Any] = {"state": state.value}
    if state.over:
        values["finished"] = now.timestamp()
    connection.execute(update(editions).where(editions.c.id == key).values(**values))


def pool_of(connection: Connection, edition: Edition) -> Pool:
    """The pool of an edition as it was kept."""
    chosen = select(pools).where(pools.c.edition == edition.id).order_by(pools.c.position)
    return Pool(
        edition.id,
        edition.cut,
        tuple(
            Candidate(row.story, row.revision, row.cluster, tuple(row.topics), row.score, tuple(row.reasons))
            for row in connection.execute(chosen)
        ),
    )


def keep_variants(
    connection: Connection,
    edition: str,
    renderings: Iterable[Rendering],
    personal: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Keep what will be sent, so that a resumed send mails the very same words.

    `personal` is what the readers' own lists are made from, as plain JSON values, by segment.
    """
    connection.execute(delete(variants).where(variants.c.edition == edition))
    own = personal or {}
    rows = [
        {
            "edition": edition,
            "segment": rendering.segment,
            "doc": dataclasses.asdict(rendering)
            | ({_PERSONAL: own[rendering.segment]} if rendering.segment in own else {}),
        }
        for rendering in renderings
    ]
    if rows:
        connection.execute(insert(variants), rows)


def kept_variants(connection: Connection, edition: str) -> dict[str, Rendering]:
    """The kept variants by segment."""
    chosen = select(variants.c.segment, variants.c.doc).where(variants.c.edition == edition)
    found: dict[str, Rendering] = {}
    for segment, doc in connection.execute(chosen):
        fields = {name: value for name, value in doc.items() if name != _PERSONAL}
        found[segment] = Rendering(**(fields | {"slots": tuple(doc["slots"])}))
    return found


def kept_personal(connection: Connection, edition: str) -> dict[str, dict[str, Any]]:
    """What the lists of personal readers are made from, by segment, as it was kept."""
    chosen = select(variants.c.segment, variants.c.doc).where(variants.c.edition == edition)
    return {segment: doc[_PERSONAL] for segment, doc in connection.execute(chosen) if _PERSONAL in doc}


def approve(connection: Connection, edition: Edition, by: str, note: str, now: datetime) -> None:
    """Keep that a person approved exactly this content."""
    key = (approvals.c.edition == edition.id, approvals.c.hash == edition.hash, approvals.c.by == by)
    connection.execute(delete(approvals).where(*key))
    connection.execute(
        insert(approvals).values(edition=edition.id, hash=edition.hash, by=by, note=note, at=now.timestamp())
    )


class Approval(NamedTuple):
    """That a person approved the content with this hash, when, and with which words."""

    by: str
    at: datetime
    hash: str
    note: str


def approvals_of(connection: Connection, edition: str) -> tuple[Approval, ...]:
    """Every approval that an edition was given, whether or not it is what was approved, oldest first."""
    chosen = select(approvals).where(approvals.c.edition == edition).order_by(approvals.c.at, approvals.c.by)
    return tuple(Approval(row.by, _time(row.at), row.hash, row.note) for row in connection.execute(chosen))


def thaw(connection: Connection, edition: str) -> None:
    """Let a frozen edition go: it is a draft again, without kept variants and without approvals."""
    values = {"frozen_at": None, "hash": "", "state": EditionState.DRAFT.value}
    connection.execute(update(editions).where(editions.c.id == edition).values(**values))
    connection.execute(delete(variants).where(variants.c.edition == edition))
    connection.execute(delete(approvals).where(approvals.c.edition == edition))


def approvers(connection: Connection, edition: Edition) -> tuple[str, ...]:
    """Who approved the content that the edition has now."""
    chosen = select(approvals.c.by).where(approvals.c.edition == edition.id, approvals.c.hash == edition.hash)
    return tuple(connection.scalars(chosen.order_by(approvals.c.at)))


class Had(NamedTuple):
    """That an audience got an event: in which edition, when, and how many sources told of it in that edition."""

    edition: str
    at: datetime
    sources: int


def already(connection: Connection, audience: str, since: datetime, but: str) -> dict[str, str]:
    """Cluster → the newest edition (other than `but`) that brought it to this audience since then. Merged
    clusters are found under every id they had."""
    return {cluster: found.edition for cluster, found in had(connection, audience, since, but).items()}


def had(connection: Connection, audience: str, since: datetime, but: str) -> dict[str, Had]:
    """The same with when it was, and how many sources told of it then."""
    chosen = (
        select(sent.c.cluster, sent.c.edition, sent.c.at, sent.c.sources)
        .where(sent.c.audience == audience, sent.c.at >= since.timestamp(), sent.c.edition != but)
        .order_by(sent.c.at)
    )
    rows = connection.execute(chosen).all()
    if not rows:
        return {}
    merged = dict(connection.execute(select(cluster_aliases.c.alias, cluster_aliases.c.cluster)).all())
    by_event = {_last(merged, row.cluster): Had(row.edition, _time(row.at), row.sources) for row in rows}
    found = {row.cluster: by_event[_last(merged, row.cluster)] for row in rows} | by_event
    for alias in merged:
        event = _last(merged, alias)
        if event in by_event:
            found[alias] = by_event[event]
    return found


def _last(merged: Mapping[str, str], cluster: str) -> str:
    """The event that a cluster is part of by now, after however many merges."""
    seen = {cluster}
    while cluster in merged and merged[cluster] not in seen:
        cluster = merged[cluster]
        seen.add(cluster)
    return cluster


def note_sent(connection: Connection, edition: str, audience: str, picked: Mapping[str, str], now: datetime) -> None:
    """Keep that an audience got these clusters (cluster → content hash of the story). Once per edition."""
    known = set(
        connection.scalars(select(sent.c.cluster).where(sent.c.audience == audience, sent.c.edition == edition))
    )
    fresh = {cluster: digest for cluster, digest in picked.items() if cluster not in known}
    if not fresh:
        return
    told = _sources(connection, edition, sorted(fresh))
    rows = [
        {
            "audience": audience,
            "cluster": cluster,
            "edition": edition,
            "at": now.timestamp(),
            "sources": told.get(cluster, 1),
            "lead_hash": digest,
        }
        for cluster, digest in fresh.items()
    ]
    connection.execute(insert(sent), rows)


def _sources(connection: Connection, edition: str, clusters: Sequence[str]) -> dict[str, int]:
    """How many sources told of each event in an edition's pool."""
    joined = pools.join(stories, stories.c.id == pools.c.story)
    found: dict[str, int] = {}
    for start in range(0, len(clusters), _BATCH):
        mine = pools.c.cluster.in_(clusters[start : start + _BATCH])
        counted = select(pools.c.cluster, func.count(stories.c.source.distinct())).select_from(joined)
        rows = connection.execute(counted.where(pools.c.edition == edition, mine).group_by(pools.c.cluster))
        found.update((cluster, number) for cluster, number in rows)
    return found


def _other_documents(connection: Connection, key: str) -> dict[str, Any]:
    """What is remembered of an edition beside its plans stays when it is saved again."""
    return dict(connection.scalar(select(editions.c.doc).where(editions.c.id == key)) or {})


def _edition(row: Row[Any]) -> Edition:
    return Edition(
        id=row.id,
        digest=row.digest,
        date=row.date,
        cut=_time(row.cut),
        send_by=_time(row.send_by),
        state=EditionState(row.state),
        subject=row.subject,
        preheader=row.preheader,
        hash=row.hash,
        frozen_at=None if row.frozen_at is None else _time(row.frozen_at),
        previous_cut=None if row.previous_cut is None else _time(row.previous_cut),
        plans=tuple(_plan(doc) for doc in row.doc["plans"]),
    )


def _plan_json(plan: Plan) -> dict[str, Any]:
    return dataclasses.asdict(plan) | {"cut": plan.cut.timestamp()}


def _plan(doc: Mapping[str, Any]) -> Plan:
    return Plan(
        doc["digest"],
        doc["edition"],
        _time(doc["cut"]),
        doc["segment"],
        tuple(
            PlanSection(
                section["name"],
                tuple(Pick(**(pick | {"reasons": tuple(pick["reasons"])})) for pick in section["picks"]),
            )
            for section in doc["sections"]
        ),
        tuple(LeftOut(**left) for left in doc["left_out"]),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
