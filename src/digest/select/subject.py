"""The subject and the preheader of an edition, in the stories' own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.models.story import Kind, Story, normalise_title
from digest.select.clauses import heads, plain, purposes

LEAST, MOST = 30, 60
LEAST_PREHEADER, MOST_PREHEADER = 40, 110
CANDIDATES = 3
BETWEEN = " · "
REPEATED = 0.6
_UNFIT = frozenset({Kind.COMMERCE, Kind.SPONSORED})
_DEPENDENT = re.compile(
    r"(?:it|its|they|their|he|she|his|her|this|that|these|those|comes|also|but|and|however|meanwhile|such|both)\b",
    re.I,
)
_SENSITIVE = re.compile(
    r"\b(?:suicid\w*|self-harm\w*|kills? (?:him|her|them)sel\w+|rap(?:e|es|ed|ist|ists|ing)|sexual(?:ly)? "
    r"(?:abus|assault)\w*|molest\w*|child abus\w*|paedophil\w*|pedophil\w*|incest|behead\w*|suizid\w*|selbstmord\w*|"
    r"selbsttötung\w*|vergewaltig\w*|missbrauch\w*)",
    re.I,
)


def subject(
    lead: Story, others: Sequence[Story], editors: str | None = None, *, last: str | None = None
) -> tuple[str, ...]:
    """Up to three subjects, best first, never none.

    The editor's own words stand first, as typed. Else the lead's own short headline, else its title, whole or cut at
    a clause, of at most 60 characters; one of 30 or fewer is joined by the second story's headline where both fit.
    Words come from the stories alone, with no ellipsis, and never from a teaser, commerce, a sponsored or a sensitive
    story as long as there is another. `last` is the subject of the last edition, which is not repeated.
    """
    typed = plain(editors) if editors else ""
    fit = [story for story in (lead, *others) if worthy(story)]
    own = [*([lead] if not worthy(lead) and not fit else []), *fit]
    found = [typed] if typed else []
    for place, story in enumerate(own):
        rest = own[place + 1 :]
        fitting = list(headlines(story)) or [plain(story.title)]
        found += [_joined(headline, rest) if len(headline) <= LEAST else headline for headline in fitting]
    unique = [text for text in dict.fromkeys(found) if text == typed or not _same(text, last)]
    if not unique:
        unique = [plain(own[0].title)]
    return tuple(unique[:CANDIDATES])


def preheader(lead: Story, others: Sequence[Story], subject: str, editors: str | None = None) -> str:
    """The line beside the subject: the next stories' headlines, 40 to 110 characters, nothing that the subject says.

    The editor's own words as typed. Where no headline fits, the lead's own takeaway or sentence; empty when the
    stories have no other words than the subject's.
    """
    if editors:
        return plain(editors)
    line = ""
    used = 0
    for story in [story for story in others if worthy(story)]:
        for headline in headlines(story, longest=MOST_PREHEADER):
            joined = f"{line}{BETWEEN}{headline}" if line else headline
            if len(joined) <= MOST_PREHEADER and not _repeats(headline, subject) and not _repeats(headline, line):
                line, used = joined, used + 1
                break
        if used == 2 and len(line) >= LEAST_PREHEADER:
            return line
    if len(line) >= LEAST_PREHEADER:
        return line
    for sentence in _sentences(lead):
        joined = f"{line}{BETWEEN}{sentence}" if line else sentence
        if LEAST_PREHEADER <= len(joined) <= MOST_PREHEADER and not _repeats(sentence, subject):
            return joined
    return line


def worthy(story: Story) -> bool:
    """Whether a story may speak for the edition without a person having typed it."""
    return not story.teaser and story.kind not in _UNFIT and not sensitive(story)


def sensitive(story: Story) -> bool:
    """Whether a headline tells of suicide, sexual violence or abuse: nothing for an inbox row that no one chose."""
    return bool(_SENSITIVE.search(f"{story.title} {' '.join(story.short_titles)}"))


def headlines(story: Story, longest: int = MOST) -> Iterator[str]:
    """The story's headline in at most so many characters, best first: its own short one, its title whole, its title
    up to a clause, a takeaway that stands by itself, its title up to an infinitive of purpose."""
    title = plain(story.title)
    short = [text for text in map(plain, story.short_titles) if len(text.split()) > 2]
    yield from (text for text in short if len(text) <= longest and len(text) > LEAST)
    if len(title) <= longest:
        yield title
    yield from (text for text in short if len(text) <= LEAST)
    yield from (head for head in heads(title, story.language) if len(head) <= longest)
    if len(title) > longest:
        yield from (head for head in purposes(title, story.language) if len(head) <= longest)
        for line in map(plain, story.takeaways):
            if LEAST < len(line) <= longest and not _DEPENDENT.match(line):
                yield line.rstrip(".")


def _joined(headline: str, rest: Sequence[Story]) -> str:
    for story in rest[:1]:
        for second in headlines(story):
            joined = f"{headline}{BETWEEN}{second}"
            if len(joined) <= MOST and not _repeats(second, headline):
                return joined
    return headline


def _sentences(story: Story) -> Iterator[str]:
    for line in (*story.takeaways, story.excerpt, *re.split(r"(?<=[.!?])\s+", story.body[:1500])):
        text = plain(line)
        if text and not _DEPENDENT.match(text):
            yield text


def _same(text: str, other: str | None) -> bool:
    return other is not None and normalise_title(text) == normalise_title(other)


def _repeats(text: str, subject: str) -> bool:
    """Whether a part of the subject says this already: most of what either says stands in the other."""
    mine = set(normalise_title(text).split())
    for part in subject.split(BETWEEN):
        theirs = set(normalise_title(part).split())
        if mine and theirs and len(mine & theirs) >= REPEATED * min(len(mine), len(theirs)):
            return True
    return False
