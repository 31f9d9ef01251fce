"""Ask every source of the publication: one report each, in the order of the settings, whatever befalls the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from digest.errors import DigestError
from digest.ingest.context import Context
from digest.ingest.fetch import Answer, Fetcher
from digest.ingest.folder import read_folder
from digest.ingest.parse import read
from digest.ingest.polite import PoliteFetcher
from digest.ingest.report import SourceReport, SourceState
from digest.models.story import SourceFailure, Story
from digest.settings import Source

WORKERS = 4
MOST_PAGES = 40


def ingest(
    sources: Sequence[Source],
    *,
    root: Path,
    fetch: Fetcher,
    now: datetime,
    zone: tzinfo,
    states: Mapping[str, SourceState],
    most: int = 500,
) -> Iterator[SourceReport]:
    """One report a source, in order. Sources on the network are asked side by side; a source that fails is a report
    with failures. `states` are keyed by source name; of one source the first `most` stories are kept."""
    with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="ingest") as pool:
        asked: dict[int, Future[SourceReport]] = {}
        for index, source in enumerate(sources):
            if source.kind != "folder":
                context = _context(source, now, zone)
                state = states.get(source.name, SourceState())
                asked[index] = pool.submit(_asked, source, context, fetch, state, most)
        try:
            for index, source in enumerate(sources):
                if index in asked:
                    yield asked.pop(index).result()
                else:
                    yield _folder(source, root, _context(source, now, zone), most)
        finally:
            for waiting in asked.values():
                waiting.cancel()


def _context(source: Source, now: datetime, zone: tzinfo) -> Context:
    where = source.path if source.kind == "folder" else source.url
    url = source.url if source.kind != "folder" else None
    return Context(source.name, where or source.name, url, zone, now, source.language, source.topics)


def _folder(source: Source, root: Path, context: Context, most: int) -> SourceReport:
    return _report(source, read_folder(root / (source.path or ""), root, context), most, context)


def _asked(source: Source, context: Context, fetch: Fetcher, state: SourceState, most: int) -> SourceReport:
    try:
        answer = fetch.get(_address(source), state)
        if answer.status == 304:
            return SourceReport(source.name, etag=state.etag, last_modified=state.last_modified, unchanged=True)
        found = _read(source, answer, context, fetch)
    except DigestError as problem:
        failure = SourceFailure(source.name, problem.where or context.where, problem.what, problem.hint)
        return SourceReport(source.name, failures=(failure,), etag=state.etag, last_modified=state.last_modified)
    report = _report(source, iter(found), most, context)
    if not report.stories and report.failures:
        return report  # to be told "not modified" next time would hide that it cannot be read
    return replace(report, etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified"))


def _address(source: Source) -> str:
    """What to ask for: the source's address, or the list of posts of a WordPress site that is named by its front."""
    url = source.url or ""
    if source.kind != "wordpress" or "/wp-json/" in url or "rest_route=" in url:
        return url
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/wp-json/wp/v2/posts"
    return urlunsplit(parts._replace(path=path, query="per_page=50&_embed=1", fragment=""))


def _read(source: Source, answer: Answer, context: Context, fetch: Fetcher) -> Sequence[Story | SourceFailure]:
    here = context.at(context.where, answer.url or source.url)
    if source.kind == "sitemap":
        return _sitemap(answer, here, fetch)
    return read(answer.body, here, answer.charset)


def _sitemap(answer: Answer, context: Context, fetch: Fetcher) -> list[Story | SourceFailure]:
    """News entries as they stand; of other entries the newest pages are fetched and read, as robots.txt lets us."""
    from digest.ingest.decode import decoded, unpacked
    from digest.ingest.sitemap import Place, read_places

    fetch = PoliteFetcher(fetch)
    found: list[Story | SourceFailure] = []
    maps: list[Answer] = [answer]
    pages: list[Place] = []
    for number in range(4):
        if number >= len(maps):
            break
        places = read_places(decoded(unpacked(maps[number].body), maps[number].charset), context)
        if isinstance(places, SourceFailure):
            found.append(places)
            continue
        for place in places:
            if place.story:
                found.append(place.story)
            elif not place.is_map:
                pages.append(place)
            elif len(maps) < 4:
                _into(maps, place.url, context, fetch, found)
    for place in pages[: max(0, MOST_PAGES - len(found))]:
        answers: list[Answer] = []
        _into(answers, place.url, context, fetch, found)
        for page in answers:
            found.extend(read(page.body, context.at(place.url, page.url), page.charset))
    return found


def _into(
    answers: list[Answer], url: str, context: Context, fetch: Fetcher, found: list[Story | SourceFailure]
) -> None:
    try:
        answers.append(fetch.get(url))
    except DigestError as problem:
        found.append(context.failure(problem.what, problem.hint, url))


def _report(source: Source, found: Iterator[Story | SourceFailure], most: int, context: Context) -> SourceReport:
    stories: dict[str, Story] = {}
    failures: list[SourceFailure] = []
    over = 0
    for item in found:
        if isinstance(item, SourceFailure):
            failures.append(item)
        elif item.id in stories:
            continue
        elif len(stories) < most:
            stories[item.id] = item
        else:
            over += 1
    if over:
        failures.append(
            context.failure(
                f"gives {over} stories more than are read at once ({most})",
                "raise fetch.max_stories if this is meant",
            )
        )
    return SourceReport(source.name, tuple(stories.values()), tuple(failures))
