"""The suppression lists of a fake SendGrid, asked and changed as the real ones are.

https://www.twilio.com/docs/sendgrid/api-reference/suppressions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from digest.send.fake_sendgrid_shape import Wrong

MAX_PAGE = 500
NAMED = ("bounces", "blocks", "invalid_emails", "spam_reports", "unsubscribes")
REASONS = {
    "bounces": "Bounced Address",
    "invalid_emails": "Invalid",
    "spam_reports": "Spam Reporting Address",
    "unsubscribes": "Unsubscribed Address",
}

Said = tuple[int, Any]
_GLOBAL = "/v3/asm/suppressions/global"


@dataclass
class Lists:
    """`named` maps each list to its entries by address, oldest first; `groups` each unsubscribe group to its own."""

    named: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {name: {} for name in NAMED})
    groups: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, name: str, address: str, at: int, reason: str = "", status: str = "") -> None:
        """Put an address on a named list."""
        entry: dict[str, Any] = {"created": at, "email": address}
        if name in ("bounces", "blocks"):
            entry |= {"reason": reason, "status": status}
        elif name == "invalid_emails":
            entry["reason"] = reason
        elif name == "spam_reports":
            entry["ip"] = "192.0.2.1"
        self.named[name][address] = entry

    def why(self, address: str, group: int | None) -> str:
        """Why SendGrid would drop a mail to this address; empty when it would not."""
        for name, reason in REASONS.items():
            if address in self.named[name]:
                return reason
        return "Unsubscribed Address" if group is not None and address in self.groups.get(group, {}) else ""

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any, now: int) -> Said | None:
        """The answer to a request that is about suppressions; None to any other."""
        parts = [unquote(part) for part in path.removeprefix("/v3/").split("/")]
        if path == _GLOBAL or path.startswith(_GLOBAL + "/"):
            return self._everywhere(method, parts[3:], body, now)
        if parts[0] == "suppression" and len(parts) in (2, 3) and parts[1] in NAMED:
            return self._named(method, parts[1], parts[2:], query, body)
        if parts[:2] == ["asm", "groups"] and len(parts) in (4, 5) and parts[3] == "suppressions":
            return self._group(method, parts[2], parts[4:], body, now)
        return None

    def _named(self, method: str, name: str, one: list[str], query: Mapping[str, str], body: Any) -> Said | None:
        entries = self.named[name]
        if method == "GET" and one:
            return 200, [entries[one[0]]] if one[0] in entries else []
        if method == "GET":
            return _page(list(entries.values()), query)
        if method != "DELETE" or name == "unsubscribes":
            return None
        if one:
            return (204, None) if entries.pop(one[0], None) else (404, [Wrong("not found")])
        asked = body if isinstance(body, Mapping) else {}
        if asked.get("delete_all") is True:
            entries.clear()
        elif isinstance(asked.get("emails"), list):
            for address in asked["emails"]:
                entries.pop(address, None)
        else:
            return 400, [Wrong("delete_all or emails is required")]
        return 204, None

    def _everywhere(self, method: str, one: list[str], body: Any, now: int) -> Said | None:
        entries = self.named["unsubscribes"]
        if method == "POST" and not one:
            addresses = _addresses(body)
            if addresses is None:
                return 400, [Wrong("recipient_emails is required", "recipient_emails")]
            for address in addresses:
                self.add("unsubscribes", address, now)
            return 201, {"recipient_emails": addresses}
        if method == "GET" and one:
            return 200, {"recipient_email": one[0]} if one[0] in entries else {}
        if method == "DELETE" and one:
            return (204, None) if entries.pop(one[0], None) else (404, [Wrong("not found")])
        return None

    def _group(self, method: str, number: str, one: list[str], body: Any, now: int) -> Said | None:
        if not number.isdecimal() or int(number) not in self.groups:
            return 404, [Wrong("group not found", "group_id")]
        entries = self.groups[int(number)]
        if method == "GET" and not one:
            return 200, list(entries)
        if method == "POST" and not one:
            addresses = _addresses(body)
            if addresses is None:
                return 400, [Wrong("recipient_emails is required", "recipient_emails")]
            entries.update(dict.fromkeys(addresses, now))
            return 201, {"recipient_emails": addresses}
        if method == "DELETE" and one:
            return (204, None) if entries.pop(one[0], None) else (404, [Wrong("not found")])
        return None


def _addresses(body: Any) -> list[str] | None:
    addresses = body.get("recipient_emails") if isinstance(body, Mapping) else None
    return addresses if isinstance(addresses, list) and all(isinstance(one, str) for one in addresses) else None


def _page(entries: list[dict[str, Any]], query: Mapping[str, str]) -> Said:
    numbers = {name: query.get(name, default) for name, default in _DEFAULTS.items()}
    if not all(value.isdecimal() for value in numbers.values()):
        return 400, [Wrong("a number is expected", "offset")]
    start, end, limit, offset = (int(numbers[name]) for name in _DEFAULTS)
    if limit > MAX_PAGE:
        return 400, [Wrong(f"limit is at most {MAX_PAGE}", "limit")]
    found = [entry for entry in entries if start <= entry["created"] <= end]
    return 200, found[offset : offset + limit]


_DEFAULTS = {"start_time": "0", "end_time": str(2**53), "limit": str(MAX_PAGE), "offset": "0"}
