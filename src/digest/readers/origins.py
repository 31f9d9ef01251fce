"""The files in which other newsletter systems hand out their readers, known by their headings: Mailchimp, Ghost,
listmonk, Substack and beehiiv. What each of their columns becomes here, and what each of their states means.

Whoever is not plainly subscribed there is not active here: unsubscribed people have left, those whose address failed
or who complained are suppressed, those who have not confirmed are pending. A state that is not known refuses its
line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from digest.readers.columns import attribute_name
from digest.readers.mailchimp import MAILCHIMP
from digest.readers.one_list import BEEHIIV, GHOST, LISTMONK, SUBSTACK
from digest.readers.origin import Origin

ORIGINS: Final = (MAILCHIMP, GHOST, LISTMONK, SUBSTACK, BEEHIIV)


def recognise(headings: Sequence[str]) -> Origin | None:
    """The system that writes these headings; None when it is none of those known."""
    names = frozenset(map(attribute_name, headings))
    return next((origin for origin in ORIGINS if origin.knows(names)), None)
