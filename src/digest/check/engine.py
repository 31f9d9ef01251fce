"""The one list of rules, and the one function that applies it: for the command, the preview and every send."""

from __future__ import annotations

from collections.abc import Sequence

from digest.check import accessibility, headers, images, links, markup, outlook, required, size, styles, words
from digest.check.finding import Finding, Rule
from digest.check.given import open_mail
from digest.models.edition import Rendering
from digest.settings import Theme

RULES: tuple[Rule, ...] = tuple(
    rule
    for family in (words, required, links, images, size, accessibility, styles, outlook, markup, headers)
    for rule in family.RULES
)
_ORDER = {"error": 0, "warning": 1, "info": 2}


def check(
    rendering: Rendering,
    message: bytes | None = None,
    *,
    subject_last: str | None = None,
    postal_address: str | None = None,
    elsewhere: Sequence[str] = (),
    theme: Theme | None = None,
    leaves: bool = False,
) -> tuple[Finding, ...]:
    """What is to be put right in one variant, errors first, then by the order of the rules.

    With `message`, one raw message made of the variant, headers and encoding are checked too, and size and words as
    they leave. `subject_last` is the subject of the edition before; `elsewhere` holds text that this segment must not
    see; `leaves` says that the mail will leave the machine, which makes a story without a link an error. What is
    None is not checked. Nothing is looked up: no network, no clock.

    Raises:
        UsageError: there is no HTML to check.
    """
    given = open_mail(
        rendering,
        message,
        subject_last=subject_last,
        postal_address=postal_address,
        elsewhere=tuple(elsewhere),
        theme=theme,
        leaves=leaves,
    )
    found = [finding for rule in RULES for finding in rule.findings(given)]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: _ORDER[finding.level]))
