"""Which fields a Mail Send request may have, and of which kind each is. What else they must be, the rules know.

Source: the v3 Mail Send reference, https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wrong:
    """One error of an answer; `field` is the path of what it is about, None when it does not say."""

    message: str
    field: str | None = None


_ANY: Mapping[str, Any] = {}
_SWITCH = {"enable": bool}
_MAILBOX = {"email": str, "name": str}
_PERSON = {
    "from": _MAILBOX,
    "to": [_MAILBOX],
    "cc": [_MAILBOX],
    "bcc": [_MAILBOX],
    "subject": str,
    "headers": _ANY,
    "substitutions": _ANY,
    "dynamic_template_data": _ANY,
    "custom_args": _ANY,
    "send_at": int,
}
_FILE = {"content": str, "type": str, "filename": str, "disposition": str, "content_id": str}
_MAIL_SETTINGS = {
    "bypass_list_management": _SWITCH,
    "bypass_spam_management": _SWITCH,
    "bypass_bounce_management": _SWITCH,
    "bypass_unsubscribe_management": _SWITCH,
    "footer": {"enable": bool, "text": str, "html": str},
    "sandbox_mode": _SWITCH,
}
_TRACKING_SETTINGS = {
    "click_tracking": {"enable": bool, "enable_text": bool},
    "open_tracking": {"enable": bool, "substitution_tag": str},
    "subscription_tracking": {"enable": bool, "text": str, "html": str, "substitution_tag": str},
    "ganalytics": {
        "enable": bool,
        "utm_source": str,
        "utm_medium": str,
        "utm_term": str,
        "utm_content": str,
        "utm_campaign": str,
    },
}
_BODY = {
    "personalizations": [_PERSON],
    "from": _MAILBOX,
    "reply_to": _MAILBOX,
    "reply_to_list": [_MAILBOX],
    "subject": str,
    "content": [{"type": str, "value": str}],
    "attachments": [_FILE],
    "template_id": str,
    "headers": _ANY,
    "categories": [str],
    "custom_args": _ANY,
    "send_at": int,
    "batch_id": str,
    "asm": {"group_id": int, "groups_to_display": [int]},
    "ip_pool_name": str,
    "mail_settings": _MAIL_SETTINGS,
    "tracking_settings": _TRACKING_SETTINGS,
}
_NAMES = {str: "string", int: "integer", bool: "boolean"}


def misfits(body: Mapping[str, Any]) -> Iterator[Wrong]:
    """The fields that no request has, and those of another kind than they should be."""
    yield from _misfits(body, _BODY, "")


def _misfits(value: Any, kind: Any, where: str) -> Iterator[Wrong]:
    if isinstance(kind, Mapping):
        if not isinstance(value, Mapping):
            yield Wrong("Invalid type. Expected: object.", where)
        elif kind:
            for name, inner in value.items():
                path = f"{where}.{name}" if where else name
                if name in kind:
                    yield from _misfits(inner, kind[name], path)
                else:
                    yield Wrong(f"Additional property {name} is not allowed", path)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield Wrong("Invalid type. Expected: array.", where)
            return
        for index, inner in enumerate(value):
            yield from _misfits(inner, kind[0], f"{where}.{index}")
    elif type(value) is not kind:
        yield Wrong(f"Invalid type. Expected: {_NAMES[kind]}.", where)
