"""Bytes to stories, whatever the bytes are: the form is sniffed, and every reader is asked the same way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from digest.errors import SourceError
from digest.ingest.context import Context
from digest.ingest.decode import decoded, unpacked
from digest.ingest.sniff import Form, sniffed
from digest.models.story import SourceFailure, Story

Reader = Callable[[str, Context], tuple[Story | SourceFailure, ...]]


def parse(
    data: bytes,
    name: str,
    *,
    source: str = "",
    url: str | None = None,
    zone: tzinfo = UTC,
    now: datetime | None = None,
) -> tuple[Story | SourceFailure, ...]:
    """The stories of one file or answer: an RSS, RDF, Atom or JSON feed, a sitemap, a WordPress list, an HTML page,
    Markdown with front matter, JSON lines, a mail, or a plain-text dump; also gzipped. `name` stands in failures
    and, when the bytes leave a doubt, decides. Times without a zone are in `zone`. Never raises for what is in
    `data`."""
    return read(data, Context(source=source, where=name, url=url, zone=zone, now=now))


def read(data: bytes, context: Context, charset: str | None = None) -> tuple[Story | SourceFailure, ...]:
    """The same for one file or answer of a source; `charset` is what the transport said."""
    try:
        octets = unpacked(data)
        if context.where.lower().removesuffix(".gz").endswith(".eml"):
            from digest.ingest.mail import read_mail

            return read_mail(octets, context)
        text = decoded(octets, charset)
    except SourceError as problem:
        return (context.failure(problem.what, problem.hint),)
    if not text.strip():
        return (context.failure("is empty"),)
    form = sniffed(text, context.where)
    if form is None:
        return (context.failure("is not text", "pages, feeds, Markdown and plain text can be read"),)
    return _reader(form)(text, context)


def _reader(form: Form) -> Reader:
    """The reader of a form, imported only now: each brings its own libraries."""
    if form is Form.FEED:
        from digest.ingest.feed import read_feed

        return read_feed
    if form is Form.PAGE:
        from digest.ingest.page import read_page

        return read_page
    if form is Form.JSON:
        from digest.ingest.jsonfeed import read_json

        return read_json
    if form is Form.JSON_LINES:
        from digest.ingest.jsonlines import read_json_lines

        return read_json_lines
    if form is Form.SITEMAP:
        from digest.ingest.sitemap import read_sitemap

        return read_sitemap
    if form is Form.MARKDOWN:
        from digest.ingest.markdown import read_markdown

        return read_markdown
    from digest.ingest.dump import read_dump

    return read_dump
