"""Mailchimp's export: a zip with a file for each state, which its name and its columns tell."""

from __future__ import annotations

import re
from typing import Final

from digest.readers.cells import Unusable
from digest.readers.origin import NOTHING, Origin, Said, agreed, chosen, has, whole_name

_STATES: Final = {
    "subscribed": "active",
    "unsubscribed": "left",
    "cleaned": "bounced",
    "pending": "pending",
}
_QUOTED = re.compile(r'"([^"]*)"')
_ABUSE = re.compile(r"abuse|complain|^spam", re.IGNORECASE)


def _state(said: Said, file: str) -> str:
    name = file.rpartition("/")[2].lower()
    if said.get("clean_time") or name.startswith("cleaned"):
        return "bounced"
    if said.get("unsub_time") or name.startswith("unsubscribed"):
        return "complained" if _ABUSE.search(said.get("unsub_reason", "")) else "left"
    if name.startswith(("nonsubscribed", "non-subscribed", "non_subscribed", "transactional")):
        raise Unusable("they never agreed to get mail (non-subscribed at Mailchimp)")
    if not said.get("status") and not said.keys().isdisjoint(("unsub_time", "clean_time")):
        # A list of people who left, or several lists put together: what an empty time means there is anybody's guess.
        raise Unusable(
            "the list is of people who left, but does not say when", "fill in the time, or a column Status"
        )
    return chosen(said.get("status") or "subscribed", _STATES, "Mailchimp")


def _became(said: Said) -> dict[str, str]:
    tags = said.get("tags", "")
    reason = [said.get("unsub_reason", ""), said.get("unsub_reason_other", "")]
    cleaned = said.get("clean_campaign_title", "")
    steps = [
        f"{what} {at}" + (f" from {said[ip]}" if said.get(ip) else "")
        for what, time, ip in (
            ("signed up", "optin_time", "optin_ip"),
            ("confirmed", "confirm_time", "confirm_ip"),
        )
        if (at := said.get(time))
    ]
    return {
        "name": whole_name(said),
        "joined": said.get("optin_time") or said.get("confirm_time") or "",
        "tags": ",".join(_QUOTED.findall(tags)) or tags,
        "status_since": said.get("unsub_time") or said.get("clean_time") or "",
        "status_reason": ": ".join(part for part in reason if part and part != "N/A")
        or (f"cleaned after {cleaned}" if cleaned else ""),
        "consent": agreed(said.get("confirm_time") or said.get("optin_time") or "", "Mailchimp", steps),
    }


MAILCHIMP: Final = Origin(
    "Mailchimp",
    lambda names: (
        "email_address" in names and has(names, ("member_rating", "optin_time", "confirm_time", "leid", "euid"), 2)
    ),
    {
        "email_address": "email",
        "timezone": "timezone",
        "language": "language",
        **dict.fromkeys(("first_name", "last_name", "name"), "name"),
        "tags": "tags",
        "status": "status",
        **dict.fromkeys(("unsub_time", "clean_time"), "status_since"),
        **dict.fromkeys(("unsub_reason", "unsub_reason_other", "clean_campaign_title"), "status_reason"),
        **dict.fromkeys(("optin_time", "confirm_time"), "joined and consent"),
        **dict.fromkeys(("optin_ip", "confirm_ip"), "consent"),
        **dict.fromkeys(
            (
                "latitude",
                "longitude",
                "gmtoff",
                "dstoff",
                "last_changed",
                "leid",
                "euid",
                "unsub_campaign_title",
                "unsub_campaign_id",
                "clean_campaign_id",
            ),
            NOTHING,
        ),
    },
    _state,
    _became,
)
