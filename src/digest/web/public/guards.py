"""The headers that every answer carries. Nothing here runs a script, sets a cookie or tells another site anything."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders

# https://www.w3.org/TR/CSP3/: our own style sheet and forms, and nothing else.
_PAGE: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors {ancestors}"
)
PAGE: Final = _PAGE.format(ancestors="'none'")
EMBEDDED: Final = _PAGE.format(ancestors="*")
# A mail on show has its own styles and its pictures; its links may lead anywhere, its forms nowhere.
MAIL: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PERSONAL: Final = frozenset({"u", "p", "f", "r", "c", "o", "j", "a"})
_A_YEAR: Final = 365 * 24 * 3600


def guard(headers: MutableHeaders, *, personal: bool, secure: bool) -> None:
    """Add the headers of this room to an answer's; a policy that it already has is kept. `personal` pages are for
    one reader: never stored, never indexed. `secure` says that the site is reached by https."""
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Content-Security-Policy", PAGE)
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "frame-ancestors *" not in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    if personal:
        headers["Cache-Control"] = "no-store"
        headers["X-Robots-Tag"] = "noindex, nofollow"
    else:
        headers.setdefault("Cache-Control", "no-cache")
    if secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}")
