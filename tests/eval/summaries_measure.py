"""What is measured of summaries, and the seal over the stories and floors that it is held against."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from summaries_rouge import rouge_l, rouge_n

from digest.models.edition import Summary
from digest.models.story import Story
from digest.summarise import as_prose, sentences, summarise, unsupported

STORIES = Path(__file__).parent / "summaries" / "stories.toml"
FLOORS = Path(__file__).parent / "summaries" / "floors.toml"
BUDGETS = (60, 120, 200, 280, 400)


@dataclass(frozen=True, slots=True)
class Entry:
    """A story and what an editor says about it."""

    story: Story
    highlights: tuple[str, ...]
    kept: tuple[int, ...]
    leaning: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares are 0 to 1, ROUGE is in points of 100; `strange` is what summaries say and their stories do not."""

    kept_share: float
    within_budget: float
    whole_share: float
    rouge_1: float
    rouge_2: float
    rouge_l: float
    over_lead_1: float
    over_lead_l: float
    strange: tuple[str, ...]

    def values(self) -> dict[str, float]:
        """Every number by its name."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "strange"}


def stories(path: Path) -> list[Entry]:
    """The annotated stories of a file."""
    made = []
    for item in tomllib.loads(path.read_text(encoding="utf-8"))["story"]:
        story = Story(
            id=item["id"],
            title=item["title"],
            takeaways=tuple(item["takeaways"]),
            body=item["body"].strip(),
            language=item["language"],
        )
        made.append(Entry(story, tuple(item["highlights"]), tuple(item["kept"]), tuple(item["leaning"])))
    return made


def measure(entries: Sequence[Entry], budget: int) -> Measured:
    """What the default summariser makes of the stories: takeaways as they are, and the fallback without them."""
    leaning = {entry.story.id: entry.leaning for entry in entries}
    told = [entry.story for entry in entries if entry.story.takeaways]
    kept = sum(line.startswith("takeaway") for story in told for line in origins(summarise(story, budget)))
    shown = [(story, limit, summarise(story, limit)) for story in told for limit in BUDGETS]
    bare = [replace(entry.story, takeaways=()) for entry in entries]
    ours = [summarise(story, budget) for story in bare]
    leads = [lead_of(story.body, story.language, budget) for story in bare]
    references = [" ".join(entry.highlights) for entry in entries]
    one, two, longest, lead_one, lead_longest = (
        100 * sum(values) / len(entries)
        for values in (
            [rouge_n(s.text, r, 1) for s, r in zip(ours, references, strict=True)],
            [rouge_n(s.text, r, 2) for s, r in zip(ours, references, strict=True)],
            [rouge_l(s.text, r) for s, r in zip(ours, references, strict=True)],
            [rouge_n(lead, r, 1) for lead, r in zip(leads, references, strict=True)],
            [rouge_l(lead, r) for lead, r in zip(leads, references, strict=True)],
        )
    )
    return Measured(
        kept_share=kept / sum(len(story.takeaways) for story in told),
        within_budget=sum(len(as_prose(summary)) <= limit for _, limit, summary in shown) / len(shown),
        whole_share=sum(_whole(*one, leaning[one[0].id]) for one in shown) / len(shown),
        rouge_1=one,
        rouge_2=two,
        rouge_l=longest,
        over_lead_1=one - lead_one,
        over_lead_l=longest - lead_longest,
        strange=tuple(
            found
            for story, summary in [*((s, x) for s, _, x in shown), *zip(bare, ours, strict=True)]
            for found in unsupported(summary, story)
        ),
    )


def lead_of(body: str, language: str | None, room: int) -> str:
    """The whole sentences at the beginning of a body that fit; the beginning of the first one when none does."""
    found = sentences(body, language)
    lead = ""
    for sentence in found:
        longer = f"{lead} {sentence}".strip()
        if len(longer) > room:
            break
        lead = longer
    return lead or found[0][:room]


def origins(summary: Summary) -> list[str]:
    """Where the lines of a summary are from."""
    return [line.origin for line in summary.lines]


def seal_of(path: Path, floors: Mapping[str, float]) -> tuple[str, str]:
    """The fingerprint of the stories, and the seal over it and the floors."""
    fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    sealed = json.dumps([fingerprint, sorted(floors.items())])
    return fingerprint, hashlib.sha256(sealed.encode()).hexdigest()[:32]


def _whole(story: Story, limit: int, summary: Summary, leaning: Sequence[int]) -> bool:
    """Whether no bullet is cut, or none that stands alone would have fitted whole."""
    cut = any(line.text.endswith("…") and line.origin.startswith("takeaway") for line in summary.lines)
    alone = (takeaway for number, takeaway in enumerate(story.takeaways, 1) if number not in leaning)
    return not cut or all(len(takeaway) > limit for takeaway in alone)
