"""The encoded variants of an edition: one a segment; for personal readers one a list, joined from encoded blocks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from digest.address import Encoded, Letterhead, encode, letterhead
from digest.models.edition import Edition, Rendering
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.giving import Given
from digest.pipeline.personal import PersonalEdition, own_sections
from digest.pipeline.press import Press
from digest.pipeline.project import Project

REMEMBERED = 16


class Papers:
    """Hands out the letterhead for each reader. Of readers' own lists it remembers only the last few."""

    def __init__(
        self,
        project: Project,
        edition: Edition,
        renderings: Mapping[str, Rendering],
        personal: Mapping[str, PersonalEdition],
    ) -> None:
        self._project = project
        self._edition = edition
        self._renderings = renderings
        self._personal = personal
        self._papers: dict[str, Letterhead] = {}
        self._lists: OrderedDict[tuple[str, str, str], Letterhead] = OrderedDict()
        self._presses: dict[tuple[str, str], Press] = {}

    def of(self, recipient: Recipient, given: Given | None) -> Letterhead:
        """The letterhead of the reader's segment, or of their own list."""
        if given is None:
            if recipient.segment not in self._papers:
                self._papers[recipient.segment] = self._letterhead(encode(self._renderings[recipient.segment]))
            return self._papers[recipient.segment]
        language = self._personal[recipient.segment].language(recipient.language)
        key = (recipient.segment, language, given.id)
        if key in self._lists:
            self._lists.move_to_end(key)
            return self._lists[key]
        press = self._presses.get(key[:2])
        if press is None:
            press = Press(self._personal[recipient.segment].variants[language], self._letterhead)
            self._presses[key[:2]] = press
        found = self._lists[key] = press.print(own_sections(given.chosen))
        if len(self._lists) > REMEMBERED:
            self._lists.popitem(last=False)
        return found

    def _letterhead(self, encoded: Encoded, blocks: Iterable[str] = ()) -> Letterhead:
        return on_paper(self._project, self._edition.digest, encoded, blocks)


def on_paper(project: Project, digest: str, encoded: Encoded, blocks: Iterable[str] = ()) -> Letterhead:
    """An encoded variant of a digest on the publication's paper; `blocks` are the slots that are left open."""
    settings = project.settings
    segment = project.audiences.get(encoded.about.segment)
    return letterhead(
        encoded,
        publication=settings.publication,
        delivery=settings.delivery,
        digest=digest,
        label=settings.digests[digest].label,
        segment_from=segment.from_ if segment else None,
        archive_url=reader_links.archive_page(project),
        blocks=frozenset(blocks),
    )
