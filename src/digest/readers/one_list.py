"""Exports that are one file with a column that tells the state: Ghost, listmonk, Substack, beehiiv."""

from __future__ import annotations

import json
from typing import Final

from digest.readers.cells import Unusable
from digest.readers.columns import attribute_name
from digest.readers.origin import NOTHING, Origin, Said, agreed, chosen, has, truth, whole_name

MAX_JSON: Final = 50


def _ghost_state(said: Said, _file: str) -> str:
    gone = said.get("deleted_at") or not truth(said.get("subscribed_to_emails") or "false", "subscribed_to_emails")
    return "left" if gone else "active"


def _ghost(said: Said) -> dict[str, str]:
    since = said.get("created_at", "")
    return {"status_since": said.get("deleted_at", ""), "consent": agreed(since, "Ghost")}


_LISTMONK_STATES: Final = {"enabled": "active", "disabled": "left", "blocklisted": "blocked"}


def _listmonk_state(said: Said, _file: str) -> str:
    return chosen(said.get("status", ""), _LISTMONK_STATES, "listmonk")


def _listmonk(said: Said) -> dict[str, str]:
    ended = said.get("status", "").lower() in ("disabled", "blocklisted")
    created = said.get("created_at", "")
    return {
        "joined": created,
        "status_since": said.get("updated_at", "") if ended else "",
        "status_reason": f"{said.get('status', '').lower()} at listmonk" if ended else "",
        "consent": f"listmonk: signed up {created}" if created else "",
    }


def _spread_json(said: Said) -> dict[str, str]:
    """The attributes of a JSON object, each under its name; what is no single value stays JSON.

    Raises:
        Unusable: it is no JSON object.
    """
    text = said.get("attributes", "")
    if not text:
        return {}
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, dict):
        raise Unusable("attributes is no JSON object")
    found: dict[str, str] = {}
    for key, value in list(held.items())[:MAX_JSON]:
        if (name := attribute_name(key)) and value not in (None, "", [], {}):
            found[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return found


def _substack_state(said: Said, _file: str) -> str:
    return "left" if truth(said.get("email_disabled") or "false", "email_disabled") else "active"


def _substack(said: Said) -> dict[str, str]:
    off = said.get("email_disabled", "").lower() in ("true", "1", "yes")
    reason = "mail switched off at Substack" if off else ""
    return {"status_reason": reason, "consent": agreed(said.get("created_at", ""), "Substack")}


_BEEHIIV_STATES: Final = {
    "active": "active",
    "inactive": "left",
    "unsubscribed": "left",
    "pending": "pending",
    "validating": "pending",
    "needs_attention": "pending",
    "invalid": "bounced",
    "bounced": "bounced",
    "complained": "complained",
}


def _beehiiv_state(said: Said, _file: str) -> str:
    if said.get("unsubscribed_at") and said.get("status", "").lower() in ("", "active"):
        return "left"
    return chosen(said.get("status", ""), _BEEHIIV_STATES, "beehiiv")


def _beehiiv(said: Said) -> dict[str, str]:
    status = said.get("status", "").lower()
    ended = _BEEHIIV_STATES.get(status, "left") in ("left", "bounced", "complained")
    created = said.get("created_at") or said.get("created") or said.get("subscribe_date") or ""
    return {
        "name": whole_name(said),
        "joined": created,
        "status_since": said.get("unsubscribed_at", ""),
        "status_reason": f"{status} at beehiiv" if ended and status else "",
        "consent": agreed(created, "beehiiv"),
    }


GHOST: Final = Origin(
    "Ghost",
    lambda names: {"email", "subscribed_to_emails", "created_at"} <= names,
    {
        "id": NOTHING,
        "email": "email",
        "name": "name",
        "labels": "tags",
        "created_at": "joined",
        "subscribed_to_emails": "status",
        "deleted_at": "status_since",
    },
    _ghost_state,
    _ghost,
)

LISTMONK: Final = Origin(
    "listmonk",
    lambda names: {"uuid", "email", "attributes", "status"} <= names,
    {
        "uuid": NOTHING,
        "email": "email",
        "name": "name",
        "attributes": "an attribute for each of its values",
        "status": "status",
        "created_at": "joined and consent",
        "updated_at": "status_since",
    },
    _listmonk_state,
    _listmonk,
    _spread_json,
)

SUBSTACK: Final = Origin(
    "Substack",
    lambda names: (
        {"email", "active_subscription"} <= names
        and has(names, ("expiry", "email_disabled", "plan", "created_at"), 2)
    ),
    {"email": "email", "name": "name", "email_disabled": "status", "created_at": "joined"},
    _substack_state,
    _substack,
)

BEEHIIV: Final = Origin(
    "beehiiv",
    lambda names: (
        {"email", "status"} <= names
        and has(
            names,
            (
                "subscription_tier",
                "subscription_premium_tier",
                "subscription_premium_tier_names",
                "subscription_id",
                "referral_code",
                "referral_count",
                "acquisition_source",
                "referring_site",
                "utm_source",
                "utm_channel",
                "unsubscribed_at",
            ),
            2,
        )
    ),
    {
        "email": "email",
        **dict.fromkeys(("first_name", "last_name", "name"), "name"),
        "tags": "tags",
        "status": "status",
        **dict.fromkeys(("created", "created_at", "subscribe_date"), "joined and consent"),
        "unsubscribed_at": "status_since",
        "subscription_id": NOTHING,
    },
    _beehiiv_state,
    _beehiiv,
)
