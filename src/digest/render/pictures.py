"""Which pictures a mail may show: by whose they are, as the newsroom's licences have it."""

from __future__ import annotations

from collections.abc import Sequence

from digest.models.story import Image


def permitted(image: Image | None, *, allow: Sequence[str] = (), deny: Sequence[str] = ()) -> Image | None:
    """`image` when its credit lets it be shown, else None.

    `allow` and `deny` are phrases of credits, compared without case: "reuters" fits "Photo: Jane Roe/Reuters". `deny`
    wins. With an `allow`, a picture of unknown credit is not shown.
    """
    if image is None:
        return None
    credit = _words(image.credit or "")
    if any(_words(phrase) in credit for phrase in deny if phrase.strip()):
        return None
    if allow and not any(_words(phrase) in credit for phrase in allow if phrase.strip()):
        return None
    return image


def _words(text: str) -> str:
    """Letters and digits in lower case, each word between spaces: whole words fit, parts of words do not."""
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "
