"""What Outlook for Windows needs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]
CLOSE = "<!--[if mso | IE]></td></tr></table><![endif]-->"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (CLOSE, "<!--[if mso | IE]></td></tr></table>", "outlook.conditionals"),
        (CLOSE, f"{CLOSE}<![endif]-->", "outlook.conditionals"),
        (CLOSE, "<!--[if mso | IE]></td></tr><![endif]-->", "outlook.conditionals"),
        (CLOSE, "<!--[if mso | IE]></tr></td></table><![endif]-->", "outlook.conditionals"),
        ('<td style="width:600px;">', '<td style="width:648px;">', "outlook.mso-width"),
        ('<table role="presentation">', '<table role="presentation" bgcolor="#eee">', "outlook.hex6"),
        ("<o:PixelsPerInch>96</o:PixelsPerInch>", "", "outlook.dpi"),
    ],
)
def test_what_breaks_in_outlook(found: Found, old: str, new: str, rule: str) -> None:
    assert rule in found(old, new)


def test_columns_that_add_up_pass(found: Found) -> None:
    columns = '<td style="width:300px;"></td><td style="width:300px;">'
    assert "outlook.mso-width" not in found('<td style="width:600px;">', columns)
    assert "outlook.mso-width" in found(
        '<td style="width:600px;">', columns.replace('300px;"></td>', '301.5px;"></td>')
    )
