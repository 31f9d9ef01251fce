"""The archive's pages: server-made, without scripts or cookies, readable at any width, by day and by night."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from digest.archive import places as at
from digest.archive.issue import Entry, Issue, Paper, TopicEntry
from digest.archive.jsonld import news_article
from digest.archive.places import Places


def issue_page(
    paper: Paper, places: Places, issue: Issue, *, older: Entry | None = None, newer: Entry | None = None
) -> str:
    """One edition, with the ones before and after it."""
    data = Markup(news_article(paper, places, issue))  # noqa: S704
    return _page("issue", paper, places, issue=issue, entry=issue.entry, older=older, newer=newer, data=data)


def list_page(paper: Paper, places: Places, entries: Sequence[Entry]) -> str:
    """All editions, newest first; a withdrawn one is named as such."""
    return _page("list", paper, places, entries=entries)


def topic_page(paper: Paper, places: Places, topic: str, stories: Sequence[TopicEntry]) -> str:
    """The stories of one topic, newest first, each where it stood."""
    return _page("topic", paper, places, topic=topic, label=paper.topics.get(topic, topic), stories=stories)


def gone_page(paper: Paper, places: Places, entry: Entry) -> str:
    """What stands where a withdrawn edition was."""
    return _page("gone", paper, places, entry=entry)


def sheet(paper: Paper) -> str:
    """The style sheet, in the publication's colours."""
    return str(_templates().get_template("archive.css.j2").render(theme=paper.theme))


def _page(name: str, paper: Paper, places: Places, **values: Any) -> str:
    given = {"paper": paper, "word": paper.word, "date": paper.date, "at": at, "places": places}
    return str(_templates().get_template(f"{name}.html.j2").render(given | values))


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "html"),
        autoescape=select_autoescape(disabled_extensions=("css.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
