"""A personal edition as plain JSON values, and back: what a frozen edition keeps, and what an approval binds to.

Bits are written by their place, and counts of many sources in hexadecimal, for they are longer than JSON's numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from digest.models.edition import Rendering
from digest.pipeline.personal import PICKER, PersonalEdition
from digest.render import Block, Personal, SectionBlocks, StoryBlock
from digest.select import Shelves
from digest.select.personal import Shelf


def to_json(edition: PersonalEdition) -> dict[str, Any]:
    """The whole edition; equal editions give equal values."""
    shelves = edition.shelves
    return {
        "picker": PICKER,
        "segment": edition.segment,
        "topics": list(shelves.topics),
        "events": {cluster: _place(bit) for cluster, bit in sorted(shelves.events.items())},
        "language": shelves.language,
        "per_source": shelves.per_source,
        "budget": shelves.budget,
        "latest": shelves.latest,
        "shelves": {tag: _shelf_json(shelf) for tag, shelf in sorted(shelves.shelves.items())},
        "variants": {tag: _personal_json(personal) for tag, personal in sorted(edition.variants.items())},
        "clusters": dict(sorted(edition.clusters.items())),
        "again": sorted(edition.again),
    }


def from_json(doc: Mapping[str, Any]) -> PersonalEdition:
    """The edition that was kept."""
    shelves = Shelves(
        tuple(doc["topics"]),
        {cluster: 1 << place for cluster, place in doc["events"].items()},
        {tag: _shelf(kept) for tag, kept in doc["shelves"].items()},
        doc["language"],
        doc["per_source"],
        doc["budget"],
        doc["latest"],
    )
    variants = {tag: _personal(kept) for tag, kept in doc["variants"].items()}
    return PersonalEdition(doc["segment"], shelves, variants, doc["clusters"], frozenset(doc["again"]))


def _place(bit: int) -> int:
    return bit.bit_length() - 1


def _shelf_json(shelf: Shelf) -> dict[str, Any]:
    return {
        "lead": list(shelf.lead),
        "taken": hex(shelf.taken),
        "counts": hex(shelf.counts),
        "words": shelf.words,
        "sections": [
            [_place(topic), limit, [[_place(bit), *others] for bit, *others in rows]]
            for topic, limit, rows in shelf.sections
        ],
        "latest": [[hex(mask), _place(bit), *others] for mask, (bit, *others) in shelf.latest],
    }


def _shelf(doc: Mapping[str, Any]) -> Shelf:
    return Shelf(
        tuple(doc["lead"]),
        int(doc["taken"], 16),
        int(doc["counts"], 16),
        doc["words"],
        tuple(
            (
                1 << topic,
                limit,
                tuple((1 << place, story, shift, words, rank) for place, story, shift, words, rank in rows),
            )
            for topic, limit, rows in doc["sections"]
        ),
        tuple(
            (int(mask, 16), (1 << place, story, shift, words, rank))
            for mask, place, story, shift, words, rank in doc["latest"]
        ),
    )


def _personal_json(personal: Personal) -> dict[str, Any]:
    return {
        "shell": asdict(personal.shell),
        "sections": [asdict(section) for section in personal.sections],
        "fixed": sorted(personal.fixed),
        "words": personal.words,
    }


def _personal(doc: Mapping[str, Any]) -> Personal:
    shell = Rendering(**(doc["shell"] | {"slots": tuple(doc["shell"]["slots"])}))
    sections = tuple(
        SectionBlocks(
            section["name"],
            Block(**section["opening"]),
            tuple(StoryBlock(story["id"], story["words"], Block(**story["block"])) for story in section["stories"]),
            Block(**section["closing"]),
        )
        for section in doc["sections"]
    )
    return Personal(shell, sections, frozenset(doc["fixed"]), doc["words"])
