"""Moments in the forms that feeds, pages and mastheads write them, always with a zone, or None.

A moment without a zone is taken to be in the source's zone. Nonsense (month 0, the year 1900 or 3000) is None, so
that the next witness is asked.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from email.utils import parsedate_tz

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen janeiro januari jänner stycznia",
            "feb february februar février fevrier febrero febbraio fevereiro februari lutego",
            "mar march märz marz mars marzo março maart mrz marca",
            "apr april avril abril aprile abr kwietnia",
            "may mai mayo maggio maio mei maj maja",
            "jun june juni juin junio giugno junho giu czerwca",
            "jul july juli juillet julio luglio julho lug lipca",
            "aug august août aout agosto augustus augusti ago sierpnia",
            "sep sept september septembre septiembre settembre setembro set września",
            "oct october oktober octobre octubre ottobre outubro okt ott października",
            "nov november novembre noviembre novembro listopada",
            "dec december dezember décembre diciembre dicembre dezembro dez dic décembre desember grudnia",
        ),
        1,
    )
    for name in names.split()
}
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|"
    r"[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?$")
_AFTER_YEAR = r"(?=\D|$|\d{1,2}:\d{2})"  # text dumps print year and time without a space
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?((?:19|20)\d{2})" + _AFTER_YEAR
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{2})" + _AFTER_YEAR)
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_TIME = re.compile(r"\b(\d{1,2})[:.](\d{2})(?::\d{2})?\s*([ap])?\.?(?:m\b)?", re.IGNORECASE)
_IN_PATH = re.compile(
    r"/((?:19|20)\d{2})[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?=[/.-]|$)"
    r"|/((?:19|20)\d{2})(?:/[a-z][a-z-]*){1,3}/(\d{2})/(\d{2})(?=/|$)"
    r"|[/-]((?:19|20)\d{2})-(\d{2})-(\d{2})(?=\D|$)|/((?:19|20)\d{2})(\d{2})(\d{2})(?=[/_-])",
)


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """The moment a machine-written date names: ISO 8601, RFC 3339, RFC 5322, RFC 850 or digits only; else whatever
    `written` finds."""
    if not text:
        return None
    text = " ".join(text.split())[:100]
    if match := _ISO.match(text):
        year, month, day, hour, minute, second, offset = match.groups()
        return _made(zone, year, month, day, hour, minute, second, offset)
    if match := _COMPACT.match(text):
        year, month, day, hour, minute, second, zulu = match.groups()
        return _made(zone, year, month, day, hour, minute, second, zulu)
    return _mail(text, zone) or written(text, zone)


def written(text: str, zone: tzinfo) -> datetime | None:
    """The date in a line that people wrote, such as `Friday, January 16, 2026` or `16. Januar 2026, 07:40`."""
    if match := _MONTH_FIRST.search(text):
        name, day, year = match.groups()
    elif (match := _DAY_FIRST.search(text)) or (match := _DOTTED.search(text)):
        day, name, year = match.groups()
    elif match := _ISO.search(text):
        return moment(match[0], zone)
    else:
        return None
    month = int(name) if name.isdigit() else _MONTHS.get(name.lower())
    if not month:
        return None
    hour, minute = _clock(text[match.end() :]) or _clock(text[: match.start()]) or (0, 0)
    return _made(zone, year, month, day, hour, minute)


def in_path(url: str | None, zone: tzinfo) -> datetime | None:
    """The day that an address carries in its path, such as `/2010/08/13/` or `/2026/jan/16/`."""
    if not url:
        return None
    match = _IN_PATH.search(url.lower().split("?")[0])
    if not match:
        return None
    year, month, day = [group for group in match.groups() if group][:3]
    number = month if month.isdigit() else _MONTHS.get(month)
    return _made(zone, year, number, day) if number else None


def _clock(text: str) -> tuple[int, int] | None:
    match = _TIME.search(text[:40])
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _mail(text: str, zone: tzinfo) -> datetime | None:
    try:
        parts = parsedate_tz(text)
    except (TypeError, ValueError, IndexError):
        return None
    if not parts or not re.search(r"[a-z]{3}", text, re.IGNORECASE) or not re.search(r"\d:\d", text):
        return None
    offset = parts[9]
    shift = None if offset is None else _offset(offset)
    if offset is not None and shift is None:
        return None
    return _made(shift or zone, *parts[:6])


def _offset(seconds: int) -> tzinfo | None:
    from datetime import UTC, timezone

    if not seconds:
        return UTC
    return timezone(timedelta(seconds=seconds)) if abs(seconds) < 86_400 else None


def _made(zone: tzinfo, year: object, month: object, day: object, hour: object = 0, minute: object = 0,
          second: object = 0, offset: str | None = None) -> datetime | None:  # fmt: skip
    if offset:
        sign = -1 if offset.startswith("-") else 1
        digits = offset.lstrip("+-").replace(":", "")
        seconds = sign * (int(digits[:2]) * 3600 + int(digits[2:4]) * 60) if digits.isdigit() else 0
        zone = _offset(seconds) or zone
    try:
        parts = [int(str(part or 0)) for part in (year, month, day, hour, minute)]
        made = datetime(parts[0], parts[1], parts[2], parts[3], parts[4], min(int(str(second or 0)), 59), tzinfo=zone)
        made.utctimetuple()
    except (ValueError, OverflowError):
        return None
    return made if 1990 <= made.year <= 2100 else None
