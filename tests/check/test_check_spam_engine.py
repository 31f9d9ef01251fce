"""The verdict of a spam filter is judged without asking one."""

from __future__ import annotations

import pytest

from digest.check import Symbol, Verdict, check_verdicts
from digest.models.edition import Rendering


@pytest.mark.parametrize(
    ("points", "found"),
    [(-0.3, []), (2.4, []), (2.5, [("spam.engine", "warning")]), (5.0, [("spam.engine", "error")])],
)
def test_points_are_held_against_the_filters_own_limit(
    sound: Rendering, points: float, found: list[tuple[str, str]]
) -> None:
    verdict = Verdict("SpamAssassin", points, 5.0, ())
    assert [(finding.id, finding.level) for finding in check_verdicts(sound, [verdict])] == found


def test_a_sign_of_how_the_message_is_built_is_a_warning_and_another_is_told(sound: Rendering) -> None:
    signs = (
        Symbol("R_PARTS_DIFFER", 0.1, "text and HTML differ"),
        Symbol("MISSING_MID", 0.2),
        Symbol("HTML_FONT_LOW_CONTRAST", 0.7, "colour near the background"),
        Symbol("MAILING_LIST_MULTI", -1.0),
        Symbol("MIME_HTML_MOSTLY", 0.0),
        Symbol("LOTS_OF_MONEY", 0.1),
    )
    told = check_verdicts(sound, [Verdict("rspamd", 1.0, 15.0, signs)])
    assert [(finding.level, finding.message) for finding in told] == [
        ("warning", "rspamd R_PARTS_DIFFER: text and HTML differ"),
        ("warning", "rspamd MISSING_MID"),
        ("info", "rspamd HTML_FONT_LOW_CONTRAST (0.7): colour near the background"),
    ]
