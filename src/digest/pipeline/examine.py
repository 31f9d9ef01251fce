"""Look a publication over: settings, audiences, store, sources, templates, transport, secrets, and what the domain
name system says about its mail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import DigestError
from digest.pipeline.dns import Resolver
from digest.pipeline.examined import Examined, State
from digest.pipeline.linting import template_findings
from digest.pipeline.project import Project, check_setup, open_project
from digest.settings import load_settings

if TYPE_CHECKING:
    from digest.pipeline.mail_names import Address


def examine(
    root: Path,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    *,
    offline: bool = False,
    resolver: Resolver | None = None,
    addresses: tuple[Address, ...] = (),
) -> Iterator[Examined]:
    """Everything that a send needs, one finding each; never raises for what it finds. Relays, SendGrid and the domain
    name system are asked when mail leaves through them, unless `offline`. `resolver` stands in for the machine's own;
    `addresses` are those that mail leaves from, where the relays' own are not."""
    from digest import __version__
    from digest.pipeline import mail_setup

    version = ".".join(map(str, sys.version_info[:3]))
    yield Examined("ok", f"Python {version} · digest {__version__}")
    try:
        settings = load_settings(root, environ)
        project = open_project(settings, clock, environ)
        check_setup(settings, project.audiences)
    except DigestError as problem:
        yield _problem(problem)
        return
    yield Examined("ok", f"{root / 'digest.toml'} · {len(project.audiences)} audiences")
    held = holdings(project)
    yield Examined(
        "ok", f"Store {project.store.id} · {held['stories']:,} stories · {held['subscribers']:,} subscribers"
    )
    yield from _sources(project)
    yield from _templates(project)
    yield from _transport(project)
    yield from mail_setup.examine_mail(project, offline=offline, resolver=resolver, addresses=addresses)
    if not held["subscribers"]:
        yield Examined("warning", "There are no subscribers", "digest subscribers import FILE.csv")


def holdings(project: Project) -> dict[str, int]:
    """How many rows the store keeps of each kind."""
    from sqlalchemy import func, select

    from digest.store import schema

    tables = (
        schema.stories,
        schema.subscribers,
        schema.subscriptions,
        schema.suppressions,
        schema.editions,
        schema.deliveries,
    )
    with project.store.database.read() as connection:
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _sources(project: Project) -> Iterator[Examined]:
    from digest.store import health

    if not project.settings.sources:
        yield Examined("problem", "No source is set up", "add a [[sources]] to digest.toml")
    with project.store.database.read() as connection:
        known_health = health.of_all(connection)
    for source in project.settings.sources:
        if source.kind == "folder" and not (project.root / (source.path or "")).is_dir():
            yield Examined("problem", f"Source {source.name}: the folder {source.path} is not there", "see its path")
            continue
        known = known_health.get(source.name)
        if known and known.failures:
            yield Examined("warning", f"Source {source.name}: {known.error}", f"digest sources test {source.name}")
        elif known and known.succeeded and project.now() - known.succeeded > timedelta(days=2):
            yield Examined("warning", f"Source {source.name} was last read {known.succeeded:%d %b}", "digest ingest")


def _templates(project: Project) -> Iterator[Examined]:
    from digest.pipeline.build import try_template

    names = {digest.template for digest in project.settings.digests.values()}
    names |= {segment.template for segment in project.audiences.values() if segment.template}
    for name in sorted(names):
        try:
            try_template(project, name)
        except DigestError as problem:
            yield _problem(problem)
            continue
        yield Examined("ok", f"Template {name} compiles")
        for flaw in template_findings(project, name):
            state: State = "problem" if flaw.level == "error" else "warning"
            yield Examined(state, f"{flaw.where}: {flaw.message}", flaw.fix)


def _transport(project: Project) -> Iterator[Examined]:
    from digest.pipeline.leaving import own_ledger
    from digest.pipeline.transport import open_transport

    delivery = project.settings.delivery
    try:
        sender = open_transport(project)
        if sender.leaves:
            own_ledger(project)
    except DigestError as problem:
        yield _problem(problem)
        return
    where = f"mail lands in {delivery.outbox}" if not sender.leaves else f"{delivery.rate.text}"
    yield Examined("ok", f"Transport {sender.name} · {where}")
    if sender.leaves and not project.settings.publication.base_url.startswith("https://"):
        yield Examined("problem", "base_url is not https: one-click unsubscribe needs it (RFC 8058)", "use https")


def _problem(problem: DigestError) -> Examined:
    return Examined(
        "problem", f"{problem.where}: {problem.what}" if problem.where else problem.what, problem.hint or ""
    )
