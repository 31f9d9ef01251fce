"""What becomes of an address before it stands in a mail: only http and https, plain ASCII, `utm` values once."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

from digest.settings import Links

# RFC 3986: reserved and unreserved characters, and % for what is encoded already. Quotes are left out on purpose.
_SAFE = "%/:?#[]@!$&()*+,;=-._~"
_LONGEST = 2_048
_PLAIN = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[\w/.~?=&;,:+-]*)?", re.ASCII)


def safe_url(url: str | None) -> str | None:
    """`url` as ASCII (RFC 3986; the host by IDNA), or None when it is no http(s) address a mail may carry."""
    if not url or len(url) > _LONGEST:
        return None
    if _PLAIN.fullmatch(url):
        return url
    text = "".join(c for c in url.strip() if c.isprintable())
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
            return None
        if not host.isascii():
            import idna

            host = idna.encode(host, uts46=True).decode()
    except (ValueError, UnicodeError):
        return None
    if not all(c.isalnum() or c in ".-_:" for c in host):
        return None
    host = f"[{host}]" if ":" in host else host
    where = host if port is None else f"{host}:{port}"
    rest = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme.lower(), where, *rest))


def tag(url: str, links: Links, digest: str) -> str:
    """`url` with the `utm` values of the settings, the campaign being `digest` unless the settings name one.

    Nothing is added unless `utm_source` is set. What the address already has is kept as it stands, fragment
    included; a parameter that is there is never doubled or changed.
    """
    if not links.utm_source:
        return url
    base, mark, fragment = url.partition("#")
    place, _mark, query = base.partition("?")
    there = {pair.partition("=")[0].lower() for pair in query.split("&")}
    wanted = {
        "utm_source": links.utm_source,
        "utm_medium": links.utm_medium,
        "utm_campaign": links.utm_campaign or digest,
    }
    added = [f"{name}={quote_plus(value)}" for name, value in wanted.items() if value and name not in there]
    if not added:
        return url
    kept = [query] if query else []
    return f"{place}?{'&'.join(kept + added)}{mark}{fragment}"
