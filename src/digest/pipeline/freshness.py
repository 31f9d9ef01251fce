"""Read an edition's own stories again before mail leaves: what is gone, and what says something else by now.

A page is compared with what the edition says of it: its headline where we have that from the page itself, the
takeaways it shows, and every number in its lines. What a page cannot be asked for is not held against it.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from digest.check import Finding, Level, Reread, check_reread
from digest.errors import SourceError
from digest.ingest import Fetcher, HttpFetcher
from digest.ingest.fetch import HttpRefusal
from digest.ingest.parse import parse
from digest.ingest.prose import folded
from digest.models.story import Story
from digest.pipeline.build import Built
from digest.pipeline.project import Project
from digest.pipeline.shown import Shown
from digest.summarise import unsupported

HOSTS = 8
PATIENCE = 90.0
# Sources whose headlines were read from the very page that is read again.
_PAGES = frozenset({"page", "sitemap"})
NewFetcher = Callable[[], Fetcher]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A story of the edition with the words shown of it; `own` says that its headline was read from its page."""

    story: Story
    lines: tuple[str, ...]
    own: bool


def with_freshness(
    project: Project,
    built: Built,
    *,
    new_fetcher: NewFetcher | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Built:
    """The same build with what re-reading its stories found among its findings. This talks to other people's
    servers, each host's pages one after the other, for at most a minute and a half."""
    setting = project.settings.checks.freshness
    asked = _asked(project, built)
    if setting == "off" or not asked:
        return built
    make = new_fetcher or (lambda: HttpFetcher(project.settings.fetch, sleep=lambda _seconds: None))
    found = read_again(asked.values(), make, clock)
    if setting == "warn":
        found = {key: replace(seen, level="warning") for key, seen in found.items()}
    findings = {name: (*built.findings.get(name, ()), *_findings(built, name, found)) for name in built.renderings}
    return replace(built, findings=findings)


def _findings(built: Built, name: str, found: Mapping[str, Reread]) -> tuple[Finding, ...]:
    mine = [found[key] for key in _stories(built, name) if key in found]
    return check_reread(built.renderings[name], mine) if mine else ()


def _stories(built: Built, segment: str) -> Sequence[str]:
    """The ids of all stories that readers of a segment may get, each once."""
    plan = built.draft.segments.get(segment)
    keys = [pick.story for section in plan.sections for pick in section.picks] if plan else []
    own = built.personal.get(segment)
    if own is not None:
        keys += [
            story.id for variant in own.variants.values() for section in variant.sections for story in section.stories
        ]
    return list(dict.fromkeys(keys))


def _asked(project: Project, built: Built) -> dict[str, _Asked]:
    """The edition's stories that have an address, with what it says of them."""
    made = built.draft
    shown = Shown(project.summariser, project.digest(made.edition.digest).summary, made.lines)
    kinds = {source.name: source.kind for source in project.settings.sources}
    found: dict[str, _Asked] = {}
    for name in built.renderings:
        plan = made.segments.get(name)
        places = {p.story: s.name for s in plan.sections for p in s.picks} if plan else {}
        for key in _stories(built, name):
            story = made.stories.get(key)
            if story is None or not story.url or story.teaser:
                continue
            lines = [line.text for line in shown.lines(story, places.get(key, "")) if line.origin != "editor"]
            before = found.get(key)
            told = dict.fromkeys([*(before.lines if before else ()), *lines])
            found[key] = _Asked(story, tuple(told), kinds.get(story.source) in _PAGES)
    return found


def read_again(
    asked: Iterable[_Asked], new_fetcher: NewFetcher, clock: Callable[[], float] = time.monotonic
) -> dict[str, Reread]:
    """What each story says by now, by id. A host that does not answer at all is asked once."""
    by_host: dict[str, list[_Asked]] = {}
    for one in asked:
        by_host.setdefault(urlsplit(one.story.url or "").netloc.lower(), []).append(one)
    until = clock() + PATIENCE
    with ThreadPoolExecutor(HOSTS) as pool:
        answered = pool.map(lambda group: _host(group, new_fetcher(), until, clock), by_host.values())
        return {key: seen for answers in answered for key, seen in answers.items()}


def _host(group: Sequence[_Asked], fetcher: Fetcher, until: float, clock: Callable[[], float]) -> dict[str, Reread]:
    found: dict[str, Reread] = {}
    silent = ""
    for one in group:
        url = one.story.url or ""
        if not silent and clock() > until:
            silent = "the time for reading stories again was over"
        if silent:
            found[one.story.id] = Reread(one.story.title, url, None, silent)
            continue
        try:
            answer = fetcher.get(url)
        except HttpRefusal as problem:
            found[one.story.id] = Reread(one.story.title, url, problem.status, problem.what)
        except SourceError as problem:
            silent = problem.what
            found[one.story.id] = Reread(one.story.title, url, None, silent)
        else:
            now = [item for item in parse(answer.body, url, url=url) if isinstance(item, Story) and not item.teaser]
            changes = _changes(one, now[0]) if now else ()
            found[one.story.id] = Reread(one.story.title, url, 200, changes=changes, level=_level(one, changes))
    return found


def _level(one: _Asked, changes: Sequence[tuple[str, str]]) -> Level:
    """A headline that a feed gave may never have been the page's own: alone, it stops nothing."""
    return "error" if one.own or any(before != one.story.title for before, _ in changes) else "warning"


def _changes(one: _Asked, now: Story) -> tuple[tuple[str, str], ...]:
    """(what we say, what stands there now) of the headline, the takeaways shown and the numbers in other lines."""
    changes: list[tuple[str, str]] = []
    before = one.story
    titles = {folded(title) for title in (now.title, *now.short_titles)}
    if titles.isdisjoint(map(folded, (before.title, *before.short_titles))):
        changes.append((before.title, now.title))
    there = {folded(takeaway): takeaway for takeaway in now.takeaways}
    ours = set(map(folded, before.takeaways))
    left = [takeaway for key, takeaway in there.items() if key not in ours]
    for line in one.lines:
        if folded(line) in ours:
            if folded(line) not in there:
                changes.append((line, _nearest(line, left)))
        elif now.body and not now.paywalled and any(_number(term) for term in unsupported(line, now)):
            changes.append((line, _nearest(line, [now.excerpt, *now.takeaways, *now.body.split("\n\n")])))
    return tuple(changes)


def _number(term: str) -> bool:
    return any(character.isdigit() for character in term)


def _nearest(line: str, among: Sequence[str]) -> str:
    close = difflib.get_close_matches(line, among, n=1, cutoff=0.3)
    return close[0] if close else ""
