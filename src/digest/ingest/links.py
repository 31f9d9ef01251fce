"""The canonical form of a story's address: allow by default, drop only what is known to track."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

LIMIT = 2_000

_TRACKING = re.compile(
    r"(?:utm_\w+|hsa_\w+|pk_\w+|mtm_\w+|matomo_\w+|piwik_\w+|at_(?:campaign|medium|custom\d|link\w*|format|ptr_name)|"
    r"fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|epik|"
    r"mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs\w+|vero_id|oly_enc_id|oly_anon_id|ml_subscriber\w*|ck_subscriber_id|"
    r"_ga|_gl|_openstat|__twitter_impression|ref_src|ref_url|wt_mc|wtmc|xtor|s_cid|cmpid|cmp_id|icid|ncid|ito|sref|"
    r"smid|smtyp|fb_action_ids|fb_action_types|fb_source|soc_src|soc_trk|spm|scm|srsltid|guccounter|guce_\w+)",
    re.IGNORECASE,
)
_AMP = re.compile(r"amp(?:=1|=true)?|outputType=amp|output=amp|view=amp", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def is_web(url: str | None) -> bool:
    """Whether `url` is an absolute http or https address with a host."""
    if not url:
        return False
    try:
        parts = urlsplit(url.strip())
        return parts.scheme.lower() in _PORTS and bool(parts.hostname)
    except ValueError:
        return False


def canonical(url: str | None, base: str | None = None) -> str | None:
    """`url` made absolute and canonical, or None when it is no http(s) address.

    Scheme and host in lower case (IDNA), no default port, user name, fragment (except `#!`) or tracking
    parameters; everything else stays, in its order (RFC 3986, section 6.2.2 and 6.2.3).
    """
    if not url or len(url) > LIMIT:
        return None
    try:
        absolute = urljoin(base, url.strip()) if base else url.strip()
        if not is_web(absolute):
            return None
        parts = urlsplit(absolute)
        host, port = _host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        return None
    if not host:
        return None
    scheme = parts.scheme.lower()
    if port and port != _PORTS[scheme]:
        host = f"{host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    made = urlunsplit((scheme, host, path, _query(parts.query), quote(fragment, safe="/%:@!$&'()*+,;=~-._?")))
    return made if made.isprintable() else None


def folded(url: str) -> str:
    """A canonical address as it tells stories apart: without the forms for telephones and AMP, and without the slash
    at its end. The address itself stays the link."""
    parts = urlsplit(url)
    host = re.sub(r"^(?:m|mobile|amp)\.(?=[^.]+\.)", "", parts.netloc)
    path = re.sub(r"(?:/amp|\.amp)?/*$", "", re.sub(r"\.amp(?=\.html?$)", "", parts.path)) or "/"
    if path.startswith("/amp/") and len(path) > 5:
        path = path[4:]
    query = "&".join(part for part in parts.query.split("&") if not _AMP.fullmatch(part))
    return urlunsplit((parts.scheme, host, path, query, parts.fragment))


def _host(name: str) -> str:
    name = name.rstrip(".").lower()
    if name.isascii():
        if ":" in name:
            return f"[{name}]"
        return name if re.fullmatch(r"[a-z0-9._-]+", name) else ""
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _query(query: str) -> str:
    if not query:
        return ""
    kept = [part for part in re.split(r"[&]", query) if part and not _TRACKING.fullmatch(part.partition("=")[0])]
    return quote("&".join(kept), safe="/%:@!$&'()*+,;=~-._?[]")
