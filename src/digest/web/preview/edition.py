"""One edition as one reader gets it: the mail at the chosen width, its inbox row, its size, and its checks."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digest.check.size import CLIPPED, NEARLY_CLIPPED
from digest.pipeline.approval import needed
from digest.pipeline.remarks import remarks
from digest.web.preview import looks
from digest.web.preview.findings import grouped
from digest.web.preview.inbox import CUTS, stretches, told
from digest.web.preview.inversion import FOR
from digest.web.preview.looks import Look
from digest.web.preview.pages import page
from digest.web.preview.pointing import marked, spot_of
from digest.web.preview.proof import Proof
from digest.web.preview.rooms import Choice, rooms
from digest.web.preview.viewed import Viewed
from digest.web.preview.wording import counted, day_in_words, kilobytes, people, state_in_words


def edition(request: Request) -> Response:
    """The page of an edition, for one segment and one reader."""
    asked = Viewed.of(request)
    return asked if isinstance(asked, Response) else page("edition", **_shown(asked))


def heading(asked: Viewed, room: str) -> dict[str, Any]:
    """What every page about an edition begins with."""
    proof, made, project = asked.seen.proof, asked.edition, asked.project
    digest = project.digest(made.digest)
    return {
        "publication": project.settings.publication.name,
        "live": asked.live,
        "look": asked.look,
        "title": digest.label or f"{project.settings.publication.name} {made.digest}",
        "day": day_in_words(made.date),
        "state": state_in_words(made) if proof.whole else "Being checked",
        "cut": f"{made.cut.astimezone(project.zone):%H:%M}",
        "frozen": proof.draft.frozen,
        "approval": _approval(proof) if proof.whole else "",
        "reach": f"{people(proof.reach.total)} in {counted(len(proof.segments), 'segment', 'segments')}",
        "nobody": people(proof.reach.nobody) if proof.reach.nobody else "",
        "rooms": rooms(asked.look, room, asked.visitor, asked.pages),
        "guest": asked.guest,
        "segment_label": label(proof, asked.seen.segment),
        "reader": asked.seen,
        "notes": proof.draft.notes,
        "trouble": proof.trouble,
    }


def label(proof: Proof, segment: str) -> str:
    """What a segment is called; its name when its audience is gone since the edition froze."""
    found = proof.project.audiences.get(segment)
    return found.label if found else segment


def segments(proof: Proof, look: Look, room: str = "") -> list[Choice]:
    """The segments of an edition, for a page about it. One that is not built yet has no count of what blocks it."""
    return [
        Choice(
            label(proof, name),
            (look.but(segment=name, mark=None, reader=_lasting(look))).room(room),
            name == look.segment,
            f"{proof.reach.taken.get(name, 0):,}",
            sum(finding.level == "error" for finding in proof.findings.get(name, ())),
        )
        for name in proof.draft.segments
    ]


def _lasting(look: Look) -> str:
    """The reader that can be kept while going to another segment: a subscriber stands in one only."""
    return look.reader if look.subscriber is None else looks.SAMPLE


def _shown(asked: Viewed) -> dict[str, Any]:
    """Everything that the page says."""
    seen, look = asked.seen, asked.look
    letter, rendering = seen.letter, seen.rendering
    at = look.but(mark=None)
    views = {view: words for view, words in looks.VIEWS.items() if letter.html or view not in looks.OF_HTML}
    if look.view not in views:
        look = look.but(view="text")
    return heading(asked, "") | {
        "look": look,
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
        "segments": segments(seen.proof, look),
        "views": [Choice(words, at.but(view=v).url, v == look.view) for v, words in views.items()],
        "widths": [Choice(words, at.but(width=w).url, w == look.width, str(w)) for w, words in looks.WIDTHS.items()],
        "schemes": [Choice(words, at.but(scheme=s).url, s == look.scheme) for s, words in looks.SCHEMES.items()],
        "images": [Choice(words, at.but(images=i).url, i == look.images) for i, words in looks.IMAGES.items()],
        "readers": [Choice(words, at.but(reader=r).url, r == look.reader) for r, words in looks.READERS.items()],
        "free_width": "" if look.width in looks.WIDTHS else look.width,
        "bounds": (looks.NARROWEST, looks.WIDEST),
        "emulates": FOR.get(look.scheme, ""),
        "frame_url": _frame_url(asked),
        "raw": letter.raw.decode("utf-8", "replace") if look.view == "raw" else "",
        "size": kilobytes(letter.size),
        "clipped": kilobytes(CLIPPED),
        "meter": {"value": letter.size, "high": NEARLY_CLIPPED, "max": CLIPPED},
        "size_told": _size_told(letter.size) if letter.html else "Of text alone.",
        "findings": grouped(asked),
        "pointed": asked.finding,
        "remarks": remarks(asked.project, asked.identity, asked.edition.hash),
    }


def _frame_url(asked: Viewed) -> str:
    """The address of the mail, at the element that a finding is about."""
    if asked.finding is None:
        return asked.look.frame_url
    html = asked.seen.letter.html
    spot = spot_of(html, asked.finding.where)
    return asked.look.frame_url + (f"#{marked(html, spot)[1]}" if spot else "")


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
