"""What stands in a slot: checked links, cleaned lines, and both in the forms that html and text need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.errors import ConfigError

PLAIN_SLOTS = frozenset({"name", "email", "why"})
LINK_SLOTS = frozenset({"unsubscribe_url", "preferences_url", "browser_url", "feedback_url"})
TRACKED = "link:"
OPENED = "open_url"

_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]+").fullmatch
_WIRE_LINK = re.compile(r"(?:https?://|mailto:)[!#-;=?-~]+").fullmatch
_MAX_LINK = 900
# The usual case of four links in one look: on the wire as they are, with nothing to escape in html.
_PLAIN_LINKS = re.compile(r"(?:https?://[!#-%(-;=?-~]+\n){4}").fullmatch


@dataclass(frozen=True, slots=True)
class RecipientLinks:
    """The addresses behind one reader's links.

    `one_click` is where a mail program posts (RFC 8058); empty means `unsubscribe_url`. `unsubscribe_mailto` is a
    `mailto:` with the reader's token, or empty. `tracked` holds the slots `link:N` when clicks are counted, and
    `open_url` when opens are.
    """

    unsubscribe_url: str
    preferences_url: str
    browser_url: str
    feedback_url: str
    one_click: str = ""
    unsubscribe_mailto: str = ""
    tracked: Mapping[str, str] = field(default_factory=dict)


def plain_links(links: RecipientLinks) -> bool:
    """Whether all four links may stand in a header and in html just as they are."""
    four = f"{links.unsubscribe_url}\n{links.preferences_url}\n{links.browser_url}\n{links.feedback_url}\n"
    return len(four) <= _MAX_LINK and _PLAIN_LINKS(four) is not None


def check_slots(slots: Sequence[str], where: str) -> None:
    """Refuses a variant with a slot that nothing fills.

    Raises:
        ConfigError: names the slot.
    """
    for name in slots:
        if name not in PLAIN_SLOTS and name not in LINK_SLOTS and name != OPENED and not name.startswith(TRACKED):
            known = ", ".join(sorted(PLAIN_SLOTS | LINK_SLOTS))
            raise ConfigError(f"the template has a slot {{{{{name}}}}} that nothing fills", where=where, hint=known)


def link(name: str, url: str) -> str:
    """The link itself when it may stand in a mail.

    Raises:
        ConfigError: not http, https or mailto, or with white space, quotes, angle brackets or control characters.
    """
    if not (_WIRE_LINK(url) or _LINK(url)) or len(url) > _MAX_LINK * 4:
        shown = url[:80].encode("ascii", "backslashreplace").decode()
        hint = "links begin with https:// and hold no spaces; see base_url"
        raise ConfigError(f'the link for {name} cannot stand in a mail: "{shown}"', where="publication", hint=hint)
    return url


def header_link(name: str, url: str) -> str:
    """`<url>` as RFC 2369 headers write it.

    Raises:
        ConfigError: as `link`, or not ASCII, or too long for one line of a header.
    """
    if not _WIRE_LINK(url) or len(url) > _MAX_LINK:
        shown = url[:80].encode("ascii", "backslashreplace").decode()
        hint = "it is http, https or mailto, ASCII, without spaces, at most 900 characters"
        raise ConfigError(f'the link for {name} cannot stand in a header: "{shown}"', where="publication", hint=hint)
    return f"<{url}>"
