"""The headers that every answer carries, and what each kind of page may load. A mail may run nothing."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders

# https://www.w3.org/TR/CSP3/: a page of our own loads our style sheet, our script and our frames, nothing else. What
# a mail holds cannot pass for a script: it is served as HTML, and `nosniff` keeps browsers from seeing more in it.
PAGE: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_MAIL: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)
ALWAYS: Final = {
    "Cache-Control": "no-store",
    # Nothing for other sites; our own forms must say where they stood, which `no-referrer` would take away.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def mail_policy(*, images: bool) -> str:
    """The policy of a mail on show: its own styles, its pictures when `images`, and nothing that runs."""
    return _MAIL.format(images="https: http: data:" if images else "'none'")


def guard(headers: MutableHeaders) -> None:
    """Add the headers of this room to an answer's; one that has its own policy keeps it."""
    for name, value in ALWAYS.items():
        headers[name] = value
    headers.setdefault("Content-Security-Policy", PAGE)
