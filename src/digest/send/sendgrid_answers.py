"""What SendGrid's answers mean: whose fault a refusal is, and when it lets us ask again.

Errors: https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/errors
Rate limits: https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST_WAIT = timedelta(hours=1)

_PERSON = re.compile(r"personalizations\.(\d{1,4})(?:\.|$)").match


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing of a request was taken, for something in it.

    `people` are the readers that the answer names, by their place in the request; `about_one` says that it names any.
    """

    reply: str
    people: tuple[int, ...] = ()
    about_one: bool = False


def refusal(status: int, body: Any) -> Refusal | None:
    """What a 4xx answer says about the readers of a request; None when it is about what all of them have alike."""
    fields = _fields(body)
    personal = any(field.startswith("personalizations.") for field in fields)
    if status == 413 or (status == 400 and (personal or not all(fields))):
        found = (_PERSON(field) for field in fields)
        people = sorted({int(match[1]) for match in found if match})
        return Refusal(reply(status, body), tuple(people), personal)
    return None


def reply(status: int, body: Any) -> str:
    """The status and SendGrid's own words, in one line."""
    return line(f"{status} " + "; ".join(str(error.get("message", "")) for error in _errors(body)[:3]))


def opens_again(headers: Mapping[str, str] | None, now: datetime) -> datetime:
    """When a 429 lets us ask again: at the time that it names, else in a minute; never at once, never in over an
    hour."""
    said = headers.get("X-RateLimit-Reset") if headers is not None else None
    after = headers.get("Retry-After") if headers is not None else None
    until = now + timedelta(minutes=1)
    try:
        if said:
            until = datetime.fromtimestamp(int(said), UTC)
        elif after:
            until = now + timedelta(seconds=min(int(after), 86_400))
    except (ValueError, OverflowError, OSError):
        pass
    return min(max(until, now + timedelta(seconds=1)), now + LONGEST_WAIT)


def used_up(headers: Mapping[str, str] | None) -> bool:
    """Whether an answer says that the next request would be one too many."""
    return headers is not None and (headers.get("X-RateLimit-Remaining") or "").strip() == "0"


def line(text: str) -> str:
    """`text` in one bounded line of what can be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())[:500]


def _errors(body: Any) -> list[dict[str, Any]]:
    try:
        errors = json.loads(body)["errors"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _fields(body: Any) -> list[str]:
    """What each error says that it is about; empty where it does not say."""
    return [str(error.get("field") or "") for error in _errors(body)] or [""]
