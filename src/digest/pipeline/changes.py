"""What an editor can do to an edition, each as a value, and the text of the edition file that each leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.errors import UsageError
from digest.models.edition import LATEST, LEAD
from digest.pipeline.draft import Draft
from digest.pipeline.edition_file import LONGEST_LINE, LONGEST_SUBJECT, EditionFile
from digest.pipeline.project import Project
from digest.pipeline.proposal import Proposal
from digest.pipeline.rechoosing import Pin
from digest.pipeline.rewording import with_ignore, with_row, with_words, without_ignore

MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Shift:
    """One place up (-1) or down (+1) within a section."""

    story: str
    by: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """To the end of another section, with its headline and lines."""

    story: str
    section: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Kept out of the edition; the best other story takes its place."""

    story: str


@dataclass(frozen=True, slots=True)
class Restore:
    """No longer kept out."""

    story: str


@dataclass(frozen=True, slots=True)
class Words:
    """A story's headline and lines as an editor wants them. Those that are the story's own are not written down, so
    that a later correction of them still counts; None keeps the story's own."""

    story: str
    title: str | None
    lines: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Row:
    """Subject and preheader; an empty one follows the lead."""

    subject: str
    preheader: str


@dataclass(frozen=True, slots=True)
class Overlook:
    """A rule of the checks that is not to block this edition, and why."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mind:
    """A rule that counts again."""

    rule: str


Change = Shift | Transfer | Pin | Drop | Restore | Words | Row | Overlook | Mind


def in_words(change: Change, titles: Mapping[str, str]) -> str:
    """The change as people say it; `titles` are headlines by story."""

    def named(story: str) -> str:
        return f"“{titles.get(story, story)}”"

    match change:
        case Shift(story, by):
            return f"move {named(story)} {'up' if by < 0 else 'down'}"
        case Transfer(story, section):
            return f"move {named(story)} to {section}"
        case Pin(story, section):
            return f"put {named(story)} at the head of {section}"
        case Drop(story):
            return f"keep out {named(story)}"
        case Restore(story):
            return f"no longer keep out {named(story)}"
        case Words(story):
            return f"change the words of {named(story)}"
        case Row():
            return "change subject or preheader"
        case Overlook(rule):
            return f"ignore {rule}"
        case Mind(rule):
            return f"mind {rule} again"


def changed_text(
    project: Project, made: Draft, file: EditionFile, text: str, proposal: Proposal, change: Change, by: str
) -> str:
    """The text of the file after a change that chooses nothing anew; `made` is the edition as `text` has it.

    Raises:
        UsageError: the change cannot be carried out, in words.
    """
    match change:
        case Shift(story, step):
            return _arranged(made, file, text, proposal, _shifted(made, file, story, step))
        case Transfer(story, section):
            return _arranged(made, file, text, proposal, _transferred(project, made, file, story, section))
        case Restore(story):
            lists = file.lists()
            return _arranged(made, file, text, proposal, lists, tuple(key for key in file.drop if key != story))
        case Words(story, title, lines):
            return with_words(text, file, story, _title(title), _lines(lines))
        case Row(subject, preheader):
            for name, value in (("subject", subject), ("preheader", preheader)):
                if len(value) > LONGEST_SUBJECT:
                    raise UsageError(f"the {name} is longer than {LONGEST_SUBJECT} characters")
            return with_row(text, " ".join(subject.split()), " ".join(preheader.split()))
        case Overlook(rule, reason):
            _demand_rule(rule)
            if not reason.strip():
                raise UsageError("say why it is ignored: the reason stands with the finding from then on")
            return with_ignore(text, rule, " ".join(reason.split())[:LONGEST_LINE], by)
        case Mind(rule):
            return without_ignore(text, rule)
        case Pin() | Drop():
            raise TypeError("what is put or kept out is chosen around, not written")


def _arranged(
    made: Draft,
    file: EditionFile,
    text: str,
    proposal: Proposal,
    lists: Mapping[str, tuple[str, ...]],
    drop: tuple[str, ...] | None = None,
) -> str:
    """The text with these sections. A subject or preheader that was only proposed follows a new lead."""
    from digest.pipeline.edition_text import OURS, Revision, revised
    from digest.pipeline.edition_text import Words as Comments

    order = sorted(lists, key=lambda name: (name != LEAD, name == LATEST))
    lead_moved = lists.get(LEAD, ())[:1] != file.lists().get(LEAD, ())[:1]
    subject = "" if lead_moved and file.subject == proposal.subject else file.subject
    preheader = "" if lead_moved and file.preheader == proposal.preheader else file.preheader
    kept = file.drop if drop is None else drop
    revision = Revision(file.cut, file.base, subject, preheader, {name: lists[name] for name in order}, kept)
    others = [row.partition(f"{OURS} or ")[2].strip().strip('"') for row in text.split("\n") if row.startswith(OURS)]
    titles = {key: story.title for key, story in made.stories.items()}
    comments = Comments(
        titles, ("", *filter(None, others)), [one for one in made.base.left_out if one.story not in kept]
    )
    return revised(text, file, revision, comments)


def _shifted(made: Draft, file: EditionFile, story: str, step: int) -> dict[str, tuple[str, ...]]:
    """The sections with a story one place further among those that are seen there."""
    lists = file.lists()
    seen = {section.name: [pick.story for pick in section.picks] for section in made.base.sections}
    for name, ids in lists.items():
        if story not in ids:
            continue
        visible = [key for key in ids if key in seen.get(name, ())]
        place = visible.index(story) + step if story in visible else -1
        if not 0 <= place < len(visible):
            raise UsageError(f"the story stands at the {'head' if step < 0 else 'foot'} of {name} already")
        other = visible[place]
        swapped = {story: other, other: story}
        return lists | {name: tuple(swapped.get(key, key) for key in ids)}
    raise UsageError("the story does not stand in the edition any more")


def _transferred(
    project: Project, made: Draft, file: EditionFile, story: str, section: str
) -> dict[str, tuple[str, ...]]:
    if section not in (LEAD, LATEST, *project.settings.topics):
        raise UsageError(f'there is no section or topic "{section}"')
    lists = {name: tuple(key for key in ids if key != story) for name, ids in file.lists().items()}
    if all(story not in ids for ids in file.lists().values()):
        raise UsageError("the story does not stand in the edition any more")
    if section != LEAD:
        return lists | {section: (*lists.get(section, ()), story)}
    # The lead holds so many stories as the digest says; what led goes to the head of where this one came from.
    led = lists.get(LEAD, ())
    room = project.digest(made.edition.digest).lead
    came = next(name for name, ids in file.lists().items() if story in ids)
    staying, leaving = led[: max(room - 1, 0)], led[max(room - 1, 0) :]
    return lists | {LEAD: (story, *staying), came: (*leaving, *lists[came])}


def _title(title: str | None) -> str | None:
    plain = " ".join((title or "").split())
    if len(plain) > LONGEST_LINE:
        raise UsageError("the headline is longer than any headline")
    return plain or None


def _lines(lines: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if lines is None:
        return None
    plain = tuple(filter(None, (" ".join(line.split()) for line in lines)))
    if len(plain) > MOST_LINES or any(len(line) > LONGEST_LINE for line in plain):
        raise UsageError(f"at most {MOST_LINES} lines of {LONGEST_LINE:,} characters each")
    return plain


def _demand_rule(rule: str) -> None:
    from digest.check import RULES

    if rule not in [one.id for one in RULES]:
        raise UsageError(f'there is no rule "{rule[:80]}"')
