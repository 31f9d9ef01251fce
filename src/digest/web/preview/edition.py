"""One edition as one segment gets it: the mail at the chosen width, what the checks say, and why these stories."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest.check.size import CLIPPED, NEARLY_CLIPPED
from digest.errors import UsageError
from digest.pipeline.approval import needed
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.web.preview import looks
from digest.web.preview.desk import Proof, name_of
from digest.web.preview.faults import desk_of, missing
from digest.web.preview.inbox import CUTS, stretches, told
from digest.web.preview.looks import Look, edition_url
from digest.web.preview.pages import page
from digest.web.preview.reasons import plan_in_words
from digest.web.preview.wording import LEVELS, counted, day_in_words, kilobytes, people, state_in_words


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to look, and where it leads."""

    words: str
    url: str
    chosen: bool
    note: str = ""
    blocked: int = 0


def edition(request: Request) -> Response:
    """The page of an edition. A bare digest leads on to its next edition, so that the address keeps its meaning."""
    desk, asked = desk_of(request), request.path_params["edition"]
    project = desk.project()
    identity = find(project, asked)
    if identity is None:
        return no_edition(request, project, asked)
    called = name_of(identity.id)
    if called != asked:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(edition_url(called) + query, HTTPStatus.SEE_OTHER)
    proof = desk.proof(identity)
    segment = request.query_params.get("segment") or proof.largest()
    if segment not in proof.renderings:
        return no_segment(request, proof, segment)
    look = Look.of(called, segment, request.query_params)
    return page("edition", **_shown(proof, look))


def find(project: Project, name: str) -> Identity | None:
    """The edition of this name, None when there can be none."""
    digest = name.partition("@")[0]
    if digest not in project.settings.digests:
        return None
    try:
        return identify(project, name)
    except UsageError:
        return None


def no_edition(request: Request, project: Project, asked: str) -> Response:
    """The page for a name that no edition can have."""
    links = tuple((edition_url(name), digest.label or name) for name, digest in project.settings.digests.items())
    return missing(request, f"There is no edition “{asked[:80]}”.", links)


def no_segment(request: Request, proof: Proof, asked: str) -> Response:
    """The page for a segment that the edition does not go to."""
    audiences = proof.project.audiences
    links = tuple((Look(proof.name, name).url, audiences[name].label) for name in proof.renderings)
    return missing(request, f"{proof.name} does not go to a segment “{asked[:80]}”.", links)


def _shown(proof: Proof, look: Look) -> dict[str, Any]:
    """Everything that the page says."""
    project, made = proof.project, proof.edition
    rendering, letter = proof.renderings[look.segment], proof.letters[look.segment]
    findings = proof.built.findings[look.segment]
    plan = proof.built.draft.segments[look.segment]
    digest = project.digest(made.digest)
    return {
        "publication": project.settings.publication.name,
        "look": look,
        "title": digest.label or f"{project.settings.publication.name} {made.digest}",
        "day": day_in_words(made.date),
        "state": state_in_words(made),
        "cut": f"{made.cut.astimezone(project.zone):%H:%M}",
        "frozen": proof.built.draft.frozen,
        "approval": _approval(proof),
        "reach": f"{people(proof.reach.total)} in {counted(len(proof.renderings), 'segment', 'segments')}",
        "nobody": people(proof.reach.nobody) if proof.reach.nobody else "",
        "letter": letter,
        "subject": stretches(letter.subject),
        "subject_told": told(letter.subject),
        "preheader": stretches(rendering.preheader),
        "preheader_told": told(rendering.preheader),
        "cuts": CUTS,
        "language": rendering.language,
        "length": " · ".join(
            (
                counted(rendering.stories, "story", "stories"),
                counted(rendering.words, "word", "words"),
                f"{rendering.minutes} min",
            )
        ),
        "label": project.audiences[look.segment].label,
        "segments": _segments(proof, look),
        "views": [Choice(words, look.but(view=v).url, v == look.view) for v, words in looks.VIEWS.items()],
        "widths": [
            Choice(words, look.but(width=w).url, w == look.width, str(w)) for w, words in looks.WIDTHS.items()
        ],
        "schemes": [Choice(words, look.but(scheme=s).url, s == look.scheme) for s, words in looks.SCHEMES.items()],
        "images": [Choice(words, look.but(images=i).url, i == look.images) for i, words in looks.IMAGES.items()],
        "size": kilobytes(letter.size),
        "clipped": kilobytes(CLIPPED),
        "meter": {"value": letter.size, "high": NEARLY_CLIPPED, "max": CLIPPED},
        "size_told": _size_told(letter.size),
        "findings": [
            (words, [f for f in findings if f.level == level])
            for level, words in LEVELS.items()
            if any(f.level == level for f in findings)
        ],
        "blocking": sum(f.level == "error" for f in findings),
        "plan": plan_in_words(plan, proof.built.draft, project),
        "left_out": plan.left_out,
    }


def _segments(proof: Proof, look: Look) -> list[Choice]:
    return [
        Choice(
            proof.project.audiences[name].label,
            look.but(segment=name).url,
            name == look.segment,
            f"{proof.reach.taken.get(name, 0):,}",
            sum(finding.level == "error" for finding in proof.built.findings[name]),
        )
        for name in proof.renderings
    ]


def _approval(proof: Proof) -> str:
    wanted = needed(proof.project, proof.edition.digest)
    if not wanted and not proof.approvers:
        return ""
    by = f"approved by {' and '.join(proof.approvers)}" if proof.approvers else "not approved yet"
    return f"{by} ({len(proof.approvers)} of {wanted} needed)" if wanted else by


def _size_told(size: int) -> str:
    if size >= CLIPPED:
        return "Gmail hides what is past this size, the footer with it."
    if size >= NEARLY_CLIPPED:
        return "Close to where Gmail clips a mail."
    return "Gmail shows it whole."
