"""The report of an edition after it was sent: what became of every message, and what readers did with it."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from digest.errors import Refused
from digest.models.mail import State
from digest.pipeline.progress import IN_WORDS
from digest.pipeline.report import Report, report
from digest.web.preview.asked import asked, frame, kept
from digest.web.preview.pages import page
from digest.web.preview.plots import Bar, bars

NO_DOMAIN: Final = "(none)"
OUTCOMES: Final = {"delivered": "delivered", "bounced": "bounced", "complained": "marked as spam"}


def show(request: Request) -> Response:
    """The page, from what the store knows now."""
    project, identity = asked(request)
    edition = kept(project, identity)
    if edition is None:
        raise Refused(f"{identity.id} has not been drafted, so there is nothing to report")
    found = report(project, identity.id)
    labels = {name: segment.label for name, segment in project.audiences.items()}
    return page("report", **frame(request, project, identity, edition), report=found, **_tables(found, labels))


def _tables(found: Report, labels: dict[str, str]) -> dict[str, Any]:
    states = [(IN_WORDS[state], found.counts.of(state)) for state in State if found.counts.of(state)]
    domains = [Bar(row.domain or NO_DOMAIN, (row.accepted, row.total - row.accepted)) for row in found.domains]
    stories: dict[str, list[int]] = {}
    for click in found.clicks:
        sums = stories.setdefault(click.title or click.url or "another link", [0, 0])
        sums[0] += click.human
        sums[1] += click.scanner
    by_story = sorted(stories.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
    return {
        "states": states,
        "outcomes": [(words, found.outcomes.get(key, 0)) for key, words in OUTCOMES.items()],
        "reasons": [(IN_WORDS[State(row.state)], row.reason, row.number) for row in found.reasons],
        "segments": [
            (labels.get(name, name), sum(each.values()), each.get("accepted", 0))
            for name, each in found.segments.items()
        ],
        "stories": [(title, human, scanner) for title, (human, scanner) in by_story],
        "domain_plot": bars("domains", "Messages by domain", ("accepted", "not accepted"), domains),
        "click_plot": bars(
            "clicks",
            "Clicks by story",
            ("likely by people", "likely by scanners"),
            [Bar(title, (human, scanner)) for title, (human, scanner) in by_story],
        ),
        "state_plot": bars("states", "What became of the messages", ("people",), [Bar(w, (n,)) for w, n in states]),
    }
