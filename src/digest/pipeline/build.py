"""Build a draft: the words about each story, one rendering for each segment, and what the checks say of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.check import Finding, check, ordered
from digest.content import template_roots
from digest.errors import ConfigError
from digest.models.edition import Edition, EditionState, Plan, Rendering
from digest.pipeline import frozen, opens
from digest.pipeline.approvers import counting, needed
from digest.pipeline.draft import Draft, save
from digest.pipeline.following import counted, counted_personal
from digest.pipeline.ignoring import without_ignored
from digest.pipeline.keeping import from_json, to_json
from digest.pipeline.linting import template_findings
from digest.pipeline.personal import PersonalEdition, compose, default_plan
from digest.pipeline.project import Project
from digest.pipeline.reason import spoken
from digest.pipeline.sampling import sample
from digest.pipeline.view import Page
from digest.pipeline.weather import weather_line
from digest.render import Context, EditionView, PublicationView, SegmentView, StoryView, render
from digest.store import editions, links

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Built:
    """A draft with its variants by segment, and the findings of the checks by segment.

    The variant of a personal segment is what readers get who chose no topics; `personal` has what all others get.
    """

    draft: Draft
    renderings: Mapping[str, Rendering]
    findings: Mapping[str, tuple[Finding, ...]]
    personal: Mapping[str, PersonalEdition] = field(default_factory=dict)

    @property
    def blocking(self) -> tuple[tuple[str, Finding], ...]:
        """(segment, finding) of everything that must be mended before this can be sent."""
        return tuple((name, f) for name, found in self.findings.items() for f in found if f.level == "error")


def build(
    project: Project, made: Draft, only: Sequence[str] = (), *, leaves: bool = False, keep: bool = True
) -> Built:
    """The variants of an edition, one a segment (or of the named ones). A frozen edition gives the very words
    that were kept when it froze. `leaves` says that it is to leave the machine, which the checks take stricter;
    without `keep` nothing is written to the store.

    Raises:
        TemplateError: a template cannot be rendered.
        ConfigError: `only` names a segment that the digest does not go to.
    """
    segments = project.segments(made.edition.digest)
    for name in only:
        if name not in made.segments:
            known = ", ".join(made.segments)
            raise ConfigError(f'{made.edition.digest} does not go to "{name}"', hint=f"it goes to: {known}")
    with project.store.database.read() as connection:
        kept = editions.kept_variants(connection, made.edition.id) if made.frozen else {}
        lists = editions.kept_personal(connection, made.edition.id) if made.frozen else {}
        before = editions.previous(connection, made.edition.digest, made.edition.id)
        page = Page.of(project, made, connection, weather_line(project), leaves=leaves)
    page = page.illustrated()
    renderings: dict[str, Rendering] = {}
    personal = {name: from_json(doc) for name, doc in lists.items() if not only or name in only}
    for segment in segments:
        # A segment that was added to the settings after the edition froze has no part in it.
        if (only and segment.name not in only) or segment.name not in made.segments:
            continue
        if segment.name in kept:
            renderings[segment.name] = kept[segment.name]
        elif segment.personal:
            own = personal[segment.name] = compose(project, made, page, segment, made.hands.get(segment.name))
            made = _with_plan(made, default_plan(made, own))
            renderings[segment.name] = own.rendering(own.shelves.language, own.default)
        else:
            renderings[segment.name] = page.render(segment)

    def checked(rendering: Rendering) -> tuple[Finding, ...]:
        return check(
            rendering,
            sample(project, made.edition, rendering).raw,
            subject_last=before.subject if before else None,
            postal_address=project.settings.publication.postal_address,
            theme=project.settings.theme,
            leaves=leaves,
            clients=project.settings.checks.clients,
        )

    findings = {
        name: _distinct(checked(largest) for largest in personal[name].largest())
        if name in personal
        else checked(rendering)
        for name, rendering in renderings.items()
    }
    if not made.frozen:
        # A frozen edition no longer needs its templates.
        flaws = {r.template: template_findings(project, r.template) for r in renderings.values()}
        findings = {name: ordered((*found, *flaws[renderings[name].template])) for name, found in findings.items()}
    findings = without_ignored(findings, made.ignored)
    if not made.frozen and not only:
        edition = replace(made.edition, hash=_hash(made, renderings, personal))
        edition = replace(edition, state=_state(project, edition, findings))
        made = replace(made, edition=edition)
        if keep:
            with project.store.database.begin() as connection:
                editions.save(connection, edition)
    return Built(made, renderings, findings, personal)


def _state(project: Project, edition: Edition, findings: Mapping[str, tuple[Finding, ...]]) -> EditionState:
    """How far an edition is with this content: looking at an approved one does not take its approval away."""
    if any(finding.level == "error" for found in findings.values() for finding in found):
        return EditionState.DRAFT
    if edition.state is EditionState.SCHEDULED:
        return EditionState.SCHEDULED
    want = needed(project, edition.digest)
    if not want:
        return EditionState.CHECKED
    with project.store.database.read() as connection:
        have = len(counting(connection, project, edition))
    return EditionState.APPROVED if have >= want else EditionState.CHECKED


def freeze(project: Project, built: Built, now: datetime) -> Built:
    """Keep the edition and its variants exactly as they are: what is read later does not change them, and from the
    first message on nothing does."""
    with project.store.database.begin() as connection:
        return freeze_in(connection, project, built, now)


def freeze_in(connection: Connection, project: Project, built: Built, now: datetime) -> Built:
    """The same within a transaction."""
    edition = replace(built.draft.edition, frozen_at=now)
    made = replace(built.draft, edition=edition, frozen=True)
    save(connection, made)
    if project.settings.tracking.clicks:
        built = _with_counted_links(connection, built)
    if project.settings.tracking.opens:
        built = _watched(built)
    personal = {name: to_json(own) for name, own in built.personal.items()}
    editions.keep_variants(connection, edition.id, built.renderings.values(), personal)
    frozen.record(connection, project, edition)
    return replace(built, draft=made)


def _with_counted_links(connection: Connection, built: Built) -> Built:
    """The variants with their links as slots; where each leads is kept with the edition."""
    variants = {name: counted(rendering) for name, rendering in built.renderings.items()}
    own = {name: counted_personal(edition) for name, edition in built.personal.items()}
    leads = {key: url for _, found in (*variants.values(), *own.values()) for key, url in sorted(found.items())}
    links.keep(connection, built.draft.edition.id, leads)
    return replace(
        built,
        renderings={name: rendering for name, (rendering, _) in variants.items()},
        personal={name: edition for name, (edition, _) in own.items()},
    )


def _watched(built: Built) -> Built:
    """The variants with the picture by which opens are counted."""
    return replace(
        built,
        renderings={name: opens.watched(rendering) for name, rendering in built.renderings.items()},
        personal={name: opens.in_shells(own, opens.watched) for name, own in built.personal.items()},
    )


def _with_plan(made: Draft, plan: Plan) -> Draft:
    """The draft with one segment's plan replaced."""
    plans = tuple(plan if old.segment == plan.segment else old for old in made.edition.plans)
    segments = {name: plan if name == plan.segment else old for name, old in made.segments.items()}
    return replace(made, edition=replace(made.edition, plans=plans), segments=segments)


def _distinct(found: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(finding for findings in found for finding in findings))


def _hash(made: Draft, renderings: Mapping[str, Rendering], personal: Mapping[str, PersonalEdition]) -> str:
    """Of canonical JSON of all that a reader would see: what an approval binds to."""
    words = {
        name: [r.subject, r.preheader, r.html, r.text, r.language, r.template]
        for name, r in sorted(renderings.items())
    }
    whole: dict[str, object] = {"edition": made.edition.id, "variants": words}
    if personal:
        whole["personal"] = {name: to_json(own) for name, own in sorted(personal.items())}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def try_template(project: Project, name: str) -> None:
    """Render a template over one invented story, to see that it can be.

    Raises:
        TemplateError: it cannot.
    """
    story = StoryView("sample", "A headline of the usual length", url="https://news.example/sample")
    context = Context(
        publication=PublicationView(project.settings.publication.name, postal_address="1 Press Lane"),
        edition=EditionView("sample/2026-01-01", date(2026, 1, 1), "A subject"),
        segment=SegmentView("sample"),
        lead=story,
    )
    language = spoken(project.settings.publication.language, "en")
    roots = template_roots(project.root)
    render(context, templates=roots, template=name, theme=project.settings.theme, language=language)
