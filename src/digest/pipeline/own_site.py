"""Write the `digest.toml` of a site that was found: every value escaped, every line said in a comment."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digest.classify.defaults import FILE as DEFAULT_TOPICS
from digest.classify.defaults import default_topics
from digest.ingest.discover import Offer, Site
from digest.ingest.prose import clean
from digest.pipeline.accent import accent_on
from digest.render.words import FOLDER as WORDS
from digest.settings.model import Theme

MOST_TOPICS, ALTERNATIVES = 8, 6
_WINDOWS = (("24h", timedelta(hours=24)), ("3d", timedelta(days=3)), ("7d", timedelta(days=7)))
_ENOUGH = 5
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")


def toml_of(site: Site, now: datetime, *, allow_private: bool = False) -> str:
    """The commented `digest.toml` of a publication that reads `site`, whose best source is in use and whose others
    stand in comments. Whatever the site calls itself is one TOML string."""
    topics, listed = _topics(site)
    parts = [
        _publication(site),
        _sources(site),
        _theme(site),
        topics,
        _digest(site, listed, now),
        "[delivery]\n" + _line("transport", _text("folder"), "mail lands in var/outbox; nothing leaves this machine"),
    ]
    if allow_private:
        parts.append(
            "[fetch]\n" + _line("private_addresses", "true", "the site lies on this machine or its private network")
        )
    return "\n".join(part for part in parts if part)


def _publication(site: Site) -> str:
    host = (urlsplit(site.url).hostname or "").removeprefix("www.")
    mailbox = host if _HOST.fullmatch(host) else "news.example"
    # A site on this machine is looked at before it is public: readers' links must lead elsewhere.
    root = _root(site.url) if mailbox == host else "https://news.example"
    spoken = site.language if (WORDS / f"{site.language}.toml").is_file() else "en"
    said = "IANA; an edition's date and its schedule go by this clock"
    other = "" if spoken == site.language else f"; the site's is {site.language}, which has no words of ours yet"
    return (
        f"# {_comment(site.name)} as a newsletter. `digest config check` says when a line does not fit,\n"
        "# `digest config schema` which settings there are.\n\n[publication]\n"
        + _line("id", _text(_slug(site.name) or _slug(host) or "news"), "part of every edition id; choose once, keep")
        + _line("name", _text(site.name if clean(site.name) else host), "the masthead")
        + _line("base_url", _text(root), "where readers' links lead")
        + _line("from", _text(f"{_display(site.name)} <newsletter@{mailbox}>"), "use an address that is yours")
        + _line("postal_address", _text("Your street, your town"), "stands in the footer, as the law asks")
        + _line("language", _text(spoken), f"of our own words{other}")
        + _line("timezone", _text("UTC"), said)
    )


def _sources(site: Site) -> str:
    best, *others = site.sources
    number = f"{best.stories:,} {'story' if best.stories == 1 else 'stories'} when it was found"
    text = f"# Where the stories come from. Found by {_comment(best.label)}: {number}.\n[[sources]]\n"
    text += _line("name", _text("site")) + _line("kind", _text(best.kind)) + _line("url", _text(best.url))
    if others:
        text += "# More was found: other ways to the same stories, or parts of them. Take one in by its lines.\n"
    for count, offer in enumerate(others[:ALTERNATIVES], 2):
        text += _aside(offer, count)
    return text


def _aside(offer: Offer, number: int) -> str:
    said = f"   # {_comment(offer.label)}" if offer.label else ""
    lines = ("[[sources]]" + said, f"name = {_text(f'site-{number}')}", f"kind = {_text(offer.kind)}",
             f"url = {_text(offer.url)}")  # fmt: skip
    return "#\n" + "".join(f"# {line}\n" for line in lines)


def _theme(site: Site) -> str:
    if not site.logo and not site.colour:
        return ""
    paper = Theme()
    text = "[theme]\n"
    if site.colour:
        light, dark = accent_on(site.colour, paper.paper), accent_on(site.colour, paper.paper_dark)
        text += _line("accent", _text(light), f"the site's colour {site.colour}, readable on the light paper")
        text += _line("accent_dark", _text(dark), "and on the dark one")
    if site.logo:
        text += "# The site's logo. Uncommented, it takes the place of the name in the masthead, 240 pixels wide.\n"
        text += f"# logo = {_text(site.logo)}\n"
    return text


def _topics(site: Site) -> tuple[str, list[str]]:
    """The text of the topics and their ids. The shipped lists are English; a site in another language begins with
    its own sections."""
    if site.language == "en":
        return DEFAULT_TOPICS.read_text(encoding="utf-8"), list(default_topics())
    text = "# The site's own sections. A topic may have words too: match = ['…', '…*'].\n"
    listed: list[str] = []
    for label in site.sections:
        key = _slug(label)[:41].strip("-")
        label = clean(label, 60)
        if not key or key in ("lead", "latest", *listed) or len(listed) == MOST_TOPICS:
            continue
        listed.append(key)
        text += f"[topics.{key}]\n" + _line("label", _text(label))
        text += f"sections = [{_text(f'/{key}/')}, {_text(f'category:{label}')}]\n\n"
    return (text if listed else ""), listed


def _digest(site: Site, topics: list[str], now: datetime) -> str:
    window, why = "24h", "how old news may be"
    if site.times:
        enough = min(_ENOUGH, len(site.times))
        fresh = next((name for name, span in _WINDOWS if _since(site, now - span) >= enough), "30d")
        why += "" if fresh == "24h" else f"; in the last day there were {_since(site, now - _WINDOWS[0][1])} stories"
        window = fresh
    written = ", ".join(_text(topic) for topic in topics)
    return (
        "[digests.daily]\n"
        + _line("segments", f"[{_text('everyone')}]", "audiences/everyone.toml")
        + f"topics = [{written}]\n"
        + _line("window", _text(window), why)
        + _line("max_per_source", "20", "all stories come from one source")
        + _line("schedule", _text("0 7 * * *"), "as in cron: every day at 07:00")
    )


def _since(site: Site, moment: datetime) -> int:
    return sum(1 for time in site.times if time >= moment)


def _line(key: str, value: str, comment: str = "") -> str:
    line = f"{key} = {value}"
    return f"{line:<46} # {comment}\n" if comment else f"{line}\n"


def _text(value: str) -> str:
    """`value` as a TOML basic string (TOML 1.0, string), on one line and without what settings do not hold."""
    import tomlkit

    return tomlkit.string(clean(value, 2_000)).as_string()


def _comment(value: str) -> str:
    """Text for a comment: one line, nothing that a TOML comment may not hold."""
    return clean(value, 100)


def _display(name: str) -> str:
    """A name that stands before an address without quotes (RFC 5322, 3.2.3)."""
    kept = "".join(" " if c in '()<>[]:;@\\,."' or not c.isprintable() else c for c in name)
    return " ".join(kept.split())[:60] or "News"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
