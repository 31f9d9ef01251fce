"""How words about people are written so that they can be compared: one form, stored and asked for alike."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
NUMBER_DIGITS = 15


def fold(text: str) -> str:
    """A tag, topic or other short word as it is stored and compared: NFC, lower case, no space around it."""
    if text.isascii():
        return text.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())


def language_tag(text: str) -> str | None:
    """A language tag in lower case with hyphens (`en`, `pt-br`), or None when it does not have that shape.

    Only the shape of RFC 5646 is checked, not its registry.
    """
    tag = text.strip().lower().replace("_", "-")
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else None


@functools.cache
def time_zones() -> Mapping[str, str]:
    """The names of all IANA time zones, by their lower case."""
    from zoneinfo import available_timezones

    return MappingProxyType({name.lower(): name for name in sorted(available_timezones())})


def time_zone(text: str) -> str | None:
    """The IANA time zone that `text` names, capitals aside, in its standard spelling; None when there is none."""
    return time_zones().get(text.strip().lower())


def domain_name(text: str) -> str:
    """A mail domain in lower case, other scripts as A-labels (RFC 5891, mapped by UTS 46).

    Raises:
        ValueError: it is no host name (RFC 1123, section 2.1); the message says why in words.
    """
    if text.isascii() and "xn--" not in (domain := text.lower()):
        if not _DOMAIN.fullmatch(domain):
            raise ValueError(f'"{text[:80]}" is no domain name')
        return domain
    import idna

    if len(text) > 253:
        raise ValueError("a domain name has at most 253 characters")
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError(f'"{text[:80]}" is no international domain name') from None


def email_key(email: str) -> str:
    """The identity of an address: its local part folded by `fold`, its domain by `domain_name`.

    RFC 5321 (section 2.4) lets a host tell capitals apart; no large one does, and two rows for one person would
    break her unsubscribing.

    Raises:
        ValueError: there is not exactly one @, or the domain is none.
    """
    local, at, domain = email.strip().partition("@")
    if not at or not local or "@" in domain:
        raise ValueError(f'"{email[:80]}" is no email address')
    return f"{fold(local)}@{domain_name(domain)}"


def number(text: str) -> Decimal | None:
    """The number that `text` is: digits, perhaps a minus before and a point within, at most 15 digits; else None.

    Fifteen digits are what a double holds without loss (IEEE 754), so that both databases agree with Python.
    """
    match = _NUMBER.fullmatch(text)
    if not match or len(match[1]) + len(match[2] or "") > NUMBER_DIGITS:
        return None
    return Decimal(text)
