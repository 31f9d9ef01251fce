"""What a template is given: one edition seen by one segment, made of plan, stories and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self, TypedDict

from digest.address import parse_mailbox
from digest.content import template_roots
from digest.models.edition import LATEST, LEAD, Pick, Plan, PlanSection, Rendering
from digest.models.people import Segment
from digest.models.story import Image, Story
from digest.pipeline.draft import Draft
from digest.pipeline.pictures import Pictures, copies
from digest.pipeline.project import Project
from digest.pipeline.reason import primary, spoken
from digest.pipeline.shown import Shown
from digest.render import (
    Context,
    EditionView,
    Folders,
    Personal,
    PublicationView,
    SectionView,
    SegmentView,
    StoryView,
    Words,
    permitted,
    render,
    render_personal,
    tag,
)
from digest.settings import Theme, Topic
from digest.store import stories
from digest.summarise import count_words, reading_minutes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from digest.render.tracing import Traced

RELATED = 3
POPULAR = 5
AS_TYPED = "{{ edition.subject }}"


class _Manner(TypedDict):
    """With which template and theme a segment is rendered."""

    templates: Folders
    template: str
    theme: Theme


@dataclass(frozen=True, slots=True)
class Page:
    """An edition ready to be seen by its segments. `teaser_links` are the links that teasers borrow; one without
    a link is left out where mail leaves the machine."""

    project: Project
    made: Draft
    weather: str
    leaves: bool
    teaser_links: Mapping[str, str | None]
    templates: Folders
    pictures: Pictures | None = None

    @classmethod
    def of(cls, project: Project, made: Draft, connection: Connection, weather: str, *, leaves: bool) -> Self:
        """The page of a draft; looks up the stored story behind each teaser."""
        templates = Folders(template_roots(project.root))
        return cls(project, made, weather, leaves, _teaser_links(connection, made), templates)

    def illustrated(self, picks: Iterable[Pick] | None = None) -> Self:
        """The page with copies of its pictures where the newsroom wants its own; they may be fetched now. `picks`
        are the stories that it may show, all those of its plans unless they are named."""
        images = self.project.settings.images
        if not (images.show and images.resize):
            return self
        every = picks if picks is not None else (p for plan in self.made.segments.values() for p in plan.picks())
        keys = sorted({pick.story for pick in every})
        shown = (
            permitted(self.made.stories[key].image, allow=images.allow, deny=images.deny)
            for key in keys
            if key in self.made.stories
        )
        return replace(self, pictures=copies(self.project, [image for image in shown if image]))

    def render(self, segment: Segment) -> Rendering:
        """The variant of one segment."""
        language = spoken(segment.language or "", self.project.settings.publication.language)
        context = self._context(segment, self.made.segments[segment.name], language)
        return render(context, **self._manner(segment), language=language)

    def context(self, segment: Segment, language: str) -> Context:
        """What the template of a segment is given."""
        return self._context(segment, self.made.segments[segment.name], language)

    def trace(self, segment: Segment, language: str) -> Traced:
        """The variant of one segment with a label at every element, for finding where it was written."""
        from digest.render.tracing import trace

        context = self._context(segment, self.made.segments[segment.name], language)
        return trace(context, **self._manner(segment), language=language)

    def blocks(self, segment: Segment, plan: Plan, language: str) -> Personal:
        """Shell and blocks of a personal segment; `plan` holds every story of any reader's list."""
        context = self.illustrated(plan.picks())._context(segment, plan, language)
        if context.latest:
            # A rail of every reader's own: its stories are blocks too, shown by headline and excerpt alone.
            bare = tuple(replace(story, author=None, minutes=None) for story in context.latest)
            rail = SectionView(LATEST, Words.of(language).say("latest"), bare)
            context = replace(context, sections=(*context.sections, rail), latest=())
        return render_personal(context, **self._manner(segment), language=language)

    def linked(self, keys: Iterable[str]) -> Self:
        """The page with the links that these stories borrow, too."""
        with self.project.store.database.read() as connection:
            return replace(self, teaser_links=_links(connection, self.made, keys, self.teaser_links))

    def unlinked(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of the stories that cannot stand in this edition: teasers without a link, where mail leaves."""
        keys = tuple(keys)
        page = self.linked(keys) if self.leaves else self
        return frozenset(key for key in keys if not page._may_stand(self.made.stories[key]))

    def _manner(self, segment: Segment) -> _Manner:
        return {
            "templates": self.templates,
            "template": segment.template or self.project.digest(self.made.edition.digest).template,
            "theme": self.project.settings.theme,
        }

    def _context(self, segment: Segment, plan: Plan, language: str) -> Context:
        settings, digest = self.project.settings, self.project.digest(self.made.edition.digest)
        publication = settings.publication
        subject, preheader = self.made.rows.get(segment.name, ("", ""))
        return Context(
            publication=PublicationView(
                name=publication.name,
                url=publication.base_url,
                postal_address=publication.postal_address,
                city=publication.city,
                contact=parse_mailbox(publication.reply_to or publication.from_).address,
            ),
            edition=EditionView(
                id=self.made.edition.id,
                date=date.fromisoformat(self.made.edition.date),
                subject=subject or self.made.edition.subject,
                label=digest.label,
            ),
            segment=SegmentView(segment.name, segment.label),
            lead=next((self._view(s.picks[0], LEAD, language) for s in plan.sections if s.name == LEAD), None),
            sections=tuple(
                self._section(section, language) for section in _split_lead(plan) if section.name != LATEST
            ),
            latest=tuple(
                self._view(pick, LATEST, language)
                for section in plan.sections
                if section.name == LATEST
                for pick in section.picks
                if self._stands(pick)
            ),
            related=self._related(plan),
            popular=self._popular(language),
            weather=self.weather,
            preheader=preheader or self.made.edition.preheader,
            # What an editor typed for this segment stands as it is, whatever the settings put around a subject.
            subject=AS_TYPED if subject else segment.subject or digest.subject,
        )

    def _section(self, section: PlanSection, language: str) -> SectionView:
        topic = self.project.settings.topics.get(section.name)
        label = _label(topic, language) if topic else section.name.capitalize()
        url = tag(topic.url, self.project.settings.links, self.made.edition.digest) if topic and topic.url else None
        views = tuple(self._view(pick, section.name, language) for pick in section.picks if self._stands(pick))
        return SectionView(section.name, label, views, url)

    def _stands(self, pick: Pick) -> bool:
        return self._may_stand(self.made.stories[pick.story])

    def _may_stand(self, story: Story) -> bool:
        return not (self.leaves and story.teaser and not (story.url or self.teaser_links.get(story.id)))

    def _picture(self, story: Story) -> Image | None:
        images = self.project.settings.images
        shown = permitted(story.image, allow=images.allow, deny=images.deny) if images.show else None
        return self.pictures.instead(shown) if self.pictures is not None else shown

    def _view(self, pick: Pick, place: str, language: str) -> StoryView:
        story = self.made.stories[pick.story]
        digest = self.project.digest(self.made.edition.digest)
        url = story.url or self.teaser_links.get(story.id)
        shown = Shown(self.project.summariser, digest.summary, self.made.lines)
        return StoryView(
            id=story.id,
            headline=pick.title,
            url=tag(url, self.project.settings.links, self.made.edition.digest) if url else None,
            lines=() if place == LATEST else shown.lines(story, place),
            excerpt=story.excerpt,
            image=self._picture(story),
            author=story.author,
            source="" if len(self.project.settings.sources) < 2 else story.source,
            published=story.published.astimezone(self.project.zone) if story.published else None,
            language=story.language if story.language and primary(story.language) != primary(language) else None,
            kind=story.kind,
            paywalled=story.paywalled,
            update=pick.update,
            minutes=reading_minutes(count_words(story.body)) if story.body else None,
        )

    def _related(self, plan: Plan) -> tuple[tuple[str, str | None], ...]:
        """Other coverage of the lead's event that stands nowhere else in the plan."""
        if plan.lead is None:
            return ()
        shown = {pick.story for pick in plan.picks()}
        others = [
            self.made.stories[c.story]
            for c in self.made.pool.candidates
            if c.cluster == plan.lead.cluster and c.story not in shown and c.story in self.made.stories
        ]
        return tuple(
            (
                story.title,
                tag(story.url, self.project.settings.links, self.made.edition.digest) if story.url else None,
            )
            for story in others[:RELATED]
        )

    def _popular(self, language: str) -> tuple[tuple[str, str | None], ...]:
        """The topics with most events in the window, most first; only those that have a page."""
        events: dict[str, set[str]] = {}
        for candidate in self.made.pool.candidates:
            for name in candidate.topics:
                events.setdefault(name, set()).add(candidate.cluster)
        found: list[tuple[str, str | None]] = []
        for name in sorted(events, key=lambda name: (-len(events[name]), name)):
            topic = self.project.settings.topics.get(name)
            if topic and topic.url:
                url = tag(topic.url, self.project.settings.links, self.made.edition.digest)
                found.append((_label(topic, language), url))
        return tuple(found[:POPULAR])


def _split_lead(plan: Plan) -> tuple[PlanSection, ...]:
    """The sections to show under their own label; second and later leads open the first of them."""
    rest = [s for s in plan.sections if s.name != LEAD]
    more = [pick for s in plan.sections if s.name == LEAD for pick in s.picks[1:]]
    return (PlanSection(LEAD, tuple(more)), *rest) if more else tuple(rest)


def _teaser_links(connection: Connection, made: Draft) -> dict[str, str | None]:
    """The link of the stored story with a teaser's title; None where there is none."""
    return _links(connection, made, (pick.story for plan in made.segments.values() for pick in plan.picks()), {})


def _links(
    connection: Connection, made: Draft, keys: Iterable[str], known: Mapping[str, str | None]
) -> dict[str, str | None]:
    found = dict(known)
    for key in keys:
        story = made.stories[key]
        if not story.url and story.id not in found:
            whole = stories.with_title(connection, story.title)
            found[story.id] = whole.url if whole else None
    return found


def _label(topic: Topic, language: str) -> str:
    return topic.labels.get(primary(language)) or topic.label
