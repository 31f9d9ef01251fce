"""What a refusal says against an address: statuses of RFC 3463 and RFC 5248, SMTP codes, and servers' own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from digest.models.mail import Bounce

# A status may stand behind `#` (Exchange, qmail) or inside brackets; a version or an IP number is none.
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_CODE = re.compile(r"(?<![\d.#-])([45]\d\d)(?=[ -])")

_BY_STATUS: Final[Mapping[str, Bounce]] = MappingProxyType(
    {
        "1.1": Bounce.HARD,  # no such mailbox
        "1.2": Bounce.HARD,  # no such domain
        "1.3": Bounce.HARD,  # no lawful address
        "1.6": Bounce.HARD,  # moved, nobody knows where to
        "1.10": Bounce.HARD,  # the domain takes no mail (RFC 7505)
        "1.7": Bounce.BLOCK,  # our own address is wrong
        "1.8": Bounce.BLOCK,
        "2.1": Bounce.SOFT,  # closed for now
        "2.2": Bounce.SOFT,  # full
        "2.3": Bounce.BLOCK,  # the message is too long
        "3.4": Bounce.BLOCK,
        "4.6": Bounce.SOFT,
        "4.7": Bounce.SOFT,  # given up after days
    }
)
_BY_CLASS: Final[Mapping[str, Bounce]] = MappingProxyType(
    {"2": Bounce.SOFT, "3": Bounce.SOFT, "4": Bounce.SOFT, "6": Bounce.BLOCK, "7": Bounce.BLOCK}
)
_NOBODY = re.compile(
    r"user unknown|unknown (?:user|recipient|mailbox|address)|no such (?:user|recipient|mailbox|person|account)"
    r"|(?:user|recipient|mailbox|account|address|person)[^.]{0,60}?(?:does(?: not|n.t) exist|not found|is unknown"
    r"|no longer (?:exists|valid|available|active))|doesn.t have a .{0,60}?account|no mailbox here by that name"
    r"|invalid (?:recipient|mailbox|user)|recipnotfound|recipient not found|not a known user"
    r"|couldn.t be found|wasn.t found|isn.t a valid|(?:host|domain)[^.]{0,40}? not found|no such (?:host|domain)"
    r"|couldn.t find any host|address (?:rejected|couldn.t be found)[^.]{0,30}unknown",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?:mailbox|quota|inbox)[^.]{0,40}(?:full|exceed|over)|over ?quota|quota exceeded|out of (?:storage|space)"
    r"|insufficient (?:system )?storage|(?:account|mailbox) (?:is )?(?:disabled|inactive|suspended)",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|blocked|black ?list|block ?list|policy|reputation|banned|dmarc|\bspf\b|dkim|not authori[sz]ed|denied"
    r"|too (?:large|big|long)|size limit|content rejected|virus",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"has been delayed|(?:is|was|has been) (?:still )?queued|will (?:be retried|keep trying|retry|continue to try)"
    r"|still trying|not (?:yet )?been delivered yet|no action is required|warning(?: message)?:|delivery delayed"
    r"|delayed (?:mail|for) |this is a warning message only",
    re.IGNORECASE,
)


def status_in(text: str) -> str:
    """The first status of RFC 3463 in a text that is none of success, such as `5.1.1`; empty without one."""
    found = [".".join(match.groups()) for match in _STATUS.finditer(text)]
    return next((status for status in found if status[0] != "2"), "")


def code_in(text: str) -> str:
    """The first SMTP code of refusal in a text, such as `550`; empty without one."""
    found = _CODE.search(text)
    return found[1] if found else ""


def is_warning(text: str) -> bool:
    """Whether a text only says that delivery takes longer."""
    return bool(_LATER.search(text))


def names_a_cause(text: str) -> bool:
    """Whether a text says why a mailbox did not take a message."""
    return bool(_NOBODY.search(text) or _FULL.search(text) or _POLICY.search(text))


def judge(status: str, words: str) -> Bounce:
    """What a final refusal says against the address. The status decides; where it is a general one (`5.0.0`, `5.1.0`,
    `5.5.0`) or missing, the words do, then the SMTP code in them. When in doubt nothing final is said (soft)."""
    _, _, rest = status.partition(".")
    if found := _BY_STATUS.get(rest):
        # 4.x.x in a final report: the server gave up on something that was to pass.
        return Bounce.SOFT if status.startswith("4") and found is Bounce.HARD else found
    subject, _, detail = rest.partition(".")
    if subject != "1" and detail != "0" and subject in _BY_CLASS:
        return _BY_CLASS[subject]
    if _NOBODY.search(words):
        return Bounce.SOFT if status.startswith("4") else Bounce.HARD
    if _FULL.search(words):
        return Bounce.SOFT
    if subject in ("6", "7") or _POLICY.search(words):
        return Bounce.BLOCK
    code = code_in(words)
    if not status and code in ("551", "553"):
        return Bounce.HARD
    return Bounce.SOFT
