"""Editions: their plans and frozen pools, their rendered variants, approvals, and what each audience already got."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

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
from digest.store.schema import approvals, cluster_aliases, editions, pools, sent, variants


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
        "doc": {"plans": [_plan_json(plan) for plan in edition.plans]},
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


def keep_variants(connection: Connection, edition: str, renderings: Iterable[Rendering]) -> None:
    """Keep what will be sent, so that a resumed send mails the very same words."""
    connection.execute(delete(variants).where(variants.c.edition == edition))
    rows = [
        {"edition": edition, "segment": rendering.segment, "doc": dataclasses.asdict(rendering)}
        for rendering in renderings
    ]
    if rows:
        connection.execute(insert(variants), rows)


def kept_variants(connection: Connection, edition: str) -> dict[str, Rendering]:
    """The kept variants by segment."""
    chosen = select(variants.c.segment, variants.c.doc).where(variants.c.edition == edition)
    return {
        segment: Rendering(**(doc | {"slots": tuple(doc["slots"])})) for segment, doc in connection.execute(chosen)
    }


def approve(connection: Connection, edition: Edition, by: str, note: str, now: datetime) -> None:
    """Keep that a person approved exactly this content."""
    key = (approvals.c.edition == edition.id, approvals.c.hash == edition.hash, approvals.c.by == by)
    connection.execute(delete(approvals).where(*key))
    connection.execute(
        insert(approvals).values(edition=edition.id, hash=edition.hash, by=by, note=note, at=now.timestamp())
    )


def approvers(connection: Connection, edition: Edition) -> tuple[str, ...]:
    """Who approved the content that the edition has now."""
    chosen = select(approvals.c.by).where(approvals.c.edition == edition.id, approvals.c.hash == edition.hash)
    return tuple(connection.scalars(chosen.order_by(approvals.c.at)))


def already(connection: Connection, audience: str, since: datetime, but: str) -> dict[str, str]:
    """Cluster → the newest edition (other than `but`) that brought it to this audience since then. Merged
    clusters are found under every id they had."""
    chosen = (
        select(sent.c.cluster, sent.c.edition)
        .where(sent.c.audience == audience, sent.c.at >= since.timestamp(), sent.c.edition != but)
        .order_by(sent.c.at)
    )
    got = dict(connection.execute(chosen).all())
    for alias, cluster in connection.execute(select(cluster_aliases)):
        if alias in got:
            got.setdefault(cluster, got[alias])
        if cluster in got:
            got.setdefault(alias, got[cluster])
    return got


def note_sent(connection: Connection, edition: str, audience: str, picked: Mapping[str, str], now: datetime) -> None:
    """Keep that an audience got these clusters (cluster → content hash of the story). Once per edition."""
    known = set(
        connection.scalars(select(sent.c.cluster).where(sent.c.audience == audience, sent.c.edition == edition))
    )
    rows = [
        {
            "audience": audience,
            "cluster": cluster,
            "edition": edition,
            "at": now.timestamp(),
            "sources": 1,
            "lead_hash": digest,
        }
        for cluster, digest in picked.items()
        if cluster not in known
    ]
    if rows:
        connection.execute(insert(sent), rows)


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
