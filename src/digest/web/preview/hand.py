"""The editor's hand: reorder, pin, keep out, retitle, edit lines, choose subject and preheader; all of it written to
the edition's file, which the command line reads as well."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from digest.check import Finding
from digest.errors import DigestError, UsageError
from digest.models.edition import LATEST, LEAD
from digest.pipeline.changes import Change, Drop, Mind, Overlook, Restore, Row, Shift, Transfer, Words
from digest.pipeline.draft import Draft
from digest.pipeline.editing import Sheet, edit, sheet, undo
from digest.pipeline.frozen import under_way
from digest.pipeline.project import Project
from digest.pipeline.rechoosing import Pin
from digest.pipeline.shown import Shown
from digest.settings import Settings
from digest.web.preview.asked import asked, frame
from digest.web.preview.desk import Desk
from digest.web.preview.faults import desk_of
from digest.web.preview.forms import Form, back_to
from digest.web.preview.pages import form_sheet, page
from digest.web.preview.reasons import source_in_words
from digest.web.preview.visitors import visitor_of, visitors_of

LEFT_OUT: Final = 40
SEEN: Final = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A story in its place, as the page has it. `lines` are (text, where from)."""

    id: str
    title: str
    url: str | None
    language: str | None
    reasons: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    first: bool
    last: bool
    worded: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section with its stories."""

    name: str
    label: str
    places: tuple[Place, ...]


def show(request: Request) -> Response:
    """The page of the editor's hand; it writes nothing."""
    project, identity = asked(request)
    desk = desk_of(request)
    made = desk.draft(identity)
    seen = sheet(project, identity, made)
    _remember(request, seen)
    findings, trouble = _findings(desk, identity)
    settings = project.settings
    names = (LEAD, *project.digest(identity.digest).topics, LATEST)
    return page(
        "hand",
        **frame(request, project, identity, made.edition),
        mark=seen.mark,
        file=made.file or "",
        open=not under_way(made.edition),
        approved=made.frozen and made.approved,
        notes=made.notes,
        subject=made.edition.subject,
        preheader=made.edition.preheader,
        typed=seen.file.subject if seen.file else "",
        subjects=seen.subjects,
        proposed_preheader=seen.preheader,
        last=seen.last,
        stretches=_stretches(project, made, settings),
        sections=[(name, label_of(name, settings)) for name in names],
        left_out=made.base.left_out[:LEFT_OUT],
        dropped=[(key, _title(made, key)) for key in (seen.file.drop if seen.file else ())],
        ignored=made.ignored,
        findings=findings,
        trouble=trouble,
    )


def act(request: Request, form: Form) -> Response:
    """One change, made from the text that the editor saw."""
    project, identity = asked(request)
    visitor, mark, what = visitor_of(request), form.word("mark"), form.word("do")
    if what == "undo":
        undo(project, identity, mark=mark, by=visitor.person)
        visitors_of(request).say(visitor, "Taken back.")
        return back_to(request.url.path)
    change = change_of(what, form)
    edit(project, identity, change, mark=mark, by=visitor.person)
    visitors_of(request).say(visitor, "Written to the edition’s file.")
    return back_to(request.url.path, _place(change))


def change_of(what: str, form: Form) -> Change:
    """The change that a form asks for.

    Raises:
        UsageError: there is no such change.
    """
    story, section = form.word("story"), form.word("section")
    made: dict[str, Change] = {
        "up": Shift(story, -1),
        "down": Shift(story, 1),
        "move": Transfer(story, section),
        "pin": Pin(story, section),
        "drop": Drop(story),
        "restore": Restore(story),
        "own": Words(story, None, None),
        "mind": Mind(form.word("rule")),
    }
    if what in made:
        return made[what]
    if what == "words":
        return Words(story, form.word("title"), tuple(form.text("lines").split("\n")))
    if what == "row":
        chosen = form.word("choice")
        return Row(form.word("subject") if chosen in ("", "own") else chosen, form.word("preheader"))
    if what == "overlook":
        return Overlook(form.word("rule"), form.text("reason"))
    raise UsageError("this form does nothing")


def label_of(name: str, settings: Settings) -> str:
    """A section's name as readers see it."""
    if name in (LEAD, LATEST):
        return name.capitalize()
    topic = settings.topics.get(name)
    return topic.label if topic else name.capitalize()


def style(_request: Request) -> Response:
    """What the pages that act add to the style sheet."""
    return Response(form_sheet(), media_type="text/css; charset=utf-8")


def text_of(request: Request, mark: str) -> str | None:
    """The text of a file that a page was made from lately; None when that is not known any more."""
    seen: OrderedDict[str, str] = request.app.state.seen
    return seen.get(mark)


def _remember(request: Request, seen: Sheet) -> None:
    kept: OrderedDict[str, str] = request.app.state.seen
    if seen.text is not None:
        kept[seen.mark] = seen.text
        kept.move_to_end(seen.mark)
    while len(kept) > SEEN:
        kept.popitem(last=False)


def _stretches(project: Project, made: Draft, settings: Settings) -> tuple[Stretch, ...]:
    shown = Shown(project.summariser, project.digest(made.edition.digest).summary, made.lines)
    found = []
    for section in made.base.sections:
        places = []
        for number, pick in enumerate(section.picks):
            story = made.stories.get(pick.story)
            lines = shown.lines(story, section.name) if story else ()
            places.append(
                Place(
                    pick.story,
                    pick.title,
                    story.url if story else None,
                    story.language if story else None,
                    pick.reasons,
                    tuple((line.text, source_in_words(line.origin)) for line in lines),
                    number == 0,
                    number == len(section.picks) - 1,
                    pick.story in made.lines or "headline by an editor" in pick.reasons,
                )
            )
        found.append(Stretch(section.name, label_of(section.name, settings), tuple(places)))
    return tuple(one for one in found if one.places)


def _findings(desk: Desk, identity: Any) -> tuple[tuple[Finding, ...], DigestError | None]:
    """What blocks the edition or is worth a look, each once; and why that cannot be told."""
    try:
        proof = desk.proof(identity)
    except DigestError as problem:
        return (), problem
    every = [finding for found in proof.built.findings.values() for finding in found if finding.level != "info"]
    unique = {(finding.id, finding.message): finding for finding in every}
    return tuple(sorted(unique.values(), key=lambda one: one.level != "error")), None


def _title(made: Draft, key: str) -> str:
    story = made.stories.get(key)
    return story.title if story else key


def _place(change: Change) -> str:
    """Where on the page to go on: at the story that was changed, as long as it is there."""
    match change:
        case Shift(story) | Transfer(story) | Words(story) | Pin(story):
            return f"s-{story}"
        case Row():
            return "row"
        case Overlook() | Mind():
            return "checks"
        case _:
            return ""
