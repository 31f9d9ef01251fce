"""The pages of an outbox as text. Whatever a mail holds is escaped, and its html is shown in a frame that may do
nothing: no script, no form, no navigation, no window.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from html import escape
from itertools import chain
from urllib.parse import quote

_FIELDS = ("From", "To", "Subject", "Date", "Reply-To", "List-ID", "List-Unsubscribe", "Message-ID")


@dataclass(frozen=True, slots=True)
class Mail:
    """What is shown of a mail; `size` in octets."""

    id: str
    to: str
    subject: str
    html: str
    text: str
    fields: tuple[tuple[str, str], ...]
    size: int


def read_mail(name: str, octets: bytes, size: int) -> Mail:
    """A mail read back from its octets. What cannot be read is shown as what it says instead, never left out."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    fields = tuple((field, _field(message, field)) for field in _FIELDS)
    known = dict(fields)
    return Mail(
        name,
        known["To"],
        known["Subject"],
        _part(message, "html"),
        _part(message, "plain"),
        tuple((field, value) for field, value in fields if value),
        size,
    )


def edition_page(
    publication: str, edition: str, as_of: str, segments: Iterable[tuple[str, int, Iterable[Mail]]]
) -> Iterator[str]:
    """The page of an edition, in pieces: its mails by segment."""
    digest, _, day = edition.partition("/")
    yield _head(f"{_day(day)} · {digest} · {publication}")
    yield _masthead(publication, [_day(day), digest, f"outbox as of {as_of}"])
    empty = True
    for segment, total, mails in segments:
        empty = False
        yield from _segment(segment, total, iter(mails))
    if empty:
        yield "<p>No mail has been written for this edition yet.</p>"
    up = "../" * (edition.count("/") + 1)
    yield f'<p class="note">{_NOTE} <a href="{up}index.html">All editions</a></p></main></body></html>\n'


def _segment(segment: str, total: int, mails: Iterator[Mail]) -> Iterator[str]:
    first = next(mails, None)
    if first is None:
        return
    yield (
        f'<section><p class="label">{escape(segment)} <span class="quiet">{_mails(total)}</span></p>\n'
        f"<h2>{escape(first.subject) or '(no subject)'}</h2>\n"
        f"{_first(first)}\n<ol>"
    )
    shown = 0
    for mail in chain([first], mails):
        shown += 1
        page = f"{quote(segment)}/{quote(mail.id)}.html"
        name, _, address = mail.to.rpartition(" <")
        other = f'<span class="other">{escape(mail.subject)}</span>' if mail.subject != first.subject else ""
        yield (
            f'<li><a href="{escape(page)}">{escape(name.strip(chr(34)) or mail.to)}</a>{other}'
            f'<span class="to">{escape(address.removesuffix(">")) if name else ""}</span>'
            f'<span class="quiet">{max(round(mail.size / 1000), 1):,} kB</span></li>\n'
        )
    yield "</ol>"
    if total > shown:
        yield f'<p class="quiet">and {total - shown:,} more in the folder <code>{escape(segment)}</code></p>'
    yield "</section>\n"


def _first(mail: Mail) -> str:
    if not mail.html:
        return f'<pre class="first">{escape(mail.text)}</pre>'
    title = f"The mail to {escape(mail.to)}"
    return f'<iframe class="first" sandbox="" title="{title}" srcdoc="{escape(mail.html)}"></iframe>'


def mail_page(publication: str, edition: str, segment: str, mail: Mail, before: str, after: str) -> Iterator[str]:
    """The page of one mail: as html, as text, and its headers. `before` and `after` are its neighbours' pages."""
    around = [
        f'<a href="{escape(quote(page))}">{words}</a>'
        for page, words in ((before, "← before"), (after, "next →"))
        if page
    ]
    rows = "".join(f"<tr><th>{escape(field)}</th><td>{escape(value)}</td></tr>" for field, value in mail.fields)
    yield _head(f"{mail.subject} · {publication}")
    digest, _, day = edition.partition("/")
    yield _masthead(publication, [_day(day), digest, segment])
    yield (
        f'<nav><a href="../index.html">All mails</a>{"".join(around)}'
        f'<a href="{escape(quote(mail.id))}.eml">The mail itself (.eml)</a></nav>\n'
        f'<h2 class="subject">{escape(mail.subject) or "(no subject)"}</h2><p class="to">to {escape(mail.to)}</p>\n'
        '<div class="tabs">'
        f"{_tabs(mail)}\n"
    )
    if mail.html:
        page = f'<iframe sandbox="" title="The mail as html" srcdoc="{escape(mail.html)}"></iframe>'
        yield f'<div class="pane html">{page}</div>\n'
    yield f'<div class="pane text"><pre>{escape(mail.text)}</pre></div>\n'
    yield f'<div class="pane head"><table>{rows}</table></div></div>\n'
    yield f'<p class="note">{_NOTE}</p></main></body></html>\n'


def _tabs(mail: Mail) -> str:
    """What there is to look at; the first is what opens."""
    there = [*([("html", "Html")] if mail.html else []), ("text", "Text"), ("head", "Headers")]
    return "".join(
        f'<input type="radio" name="as" id="as-{name}"{" checked" if not index else ""}>'
        f'<label for="as-{name}">{words}</label>'
        for index, (name, words) in enumerate(there)
    )


def outbox_page(publication: str, editions: Iterable[str], more: int) -> Iterator[str]:
    """The page of the outbox: its editions, the newest first."""
    yield _head(f"Outbox · {publication}")
    yield _masthead(publication, ["outbox"])
    yield "<section><h2>Editions</h2>\n<ol>"
    for edition in editions:
        digest, _, day = edition.partition("/")
        page = escape("/".join(quote(part) for part in edition.split("/")))
        link = f'<a href="{page}/index.html">{escape(_day(day))}</a>'
        yield f'<li>{link}<span class="to">{escape(digest)}</span></li>\n'
    yield "</ol>"
    if more:
        yield f'<p class="quiet">and {more:,} older ones in the folder</p>'
    yield f'</section><p class="note">{_NOTE}</p></main></body></html>\n'


def _field(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, IndexError, TypeError, AttributeError):
        return "(cannot be read)"


def _part(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return "(this part cannot be read)"


def _day(text: str) -> str:
    """`2026-11-24` or `2026-11-24-0700` as people write it; anything else as it is."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    rest = text[10:].lstrip("-")
    time = f", {rest[:2]}:{rest[2:]}" if len(rest) == 4 and rest.isdecimal() else ""
    return f"{day.day} {day:%B %Y}{time or text[10:]}"


def _mails(number: int) -> str:
    return "1 mail" if number == 1 else f"{number:,} mails"


def _head(title: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>"
    )


def _masthead(publication: str, line: Iterable[str]) -> str:
    quiet = " · ".join(escape(part) for part in line if part)
    return f'<header><h1>{escape(publication)}</h1><p class="quiet">{quiet}</p></header>\n'


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; form-action 'none'"
_NOTE = (
    "These mails were written to files and did not leave this machine. Their links are real and act for the reader."
)
_STYLE = """
:root{--paper:#fffdf9;--ink:#1c1917;--quiet:#6b625a;--rule:#ddd6cc;--accent:#9a3412}
@media (prefers-color-scheme:dark){
:root{--paper:#1b1917;--ink:#ece7e1;--quiet:#b0a79d;--rule:#403a34;--accent:#f0a37e}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
main{max-width:760px;margin:0 auto;padding:32px 20px 48px}
h1,h2,ol a{font-family:Georgia,Charter,'Times New Roman',serif}
header{text-align:center;margin-bottom:24px}
h1{font-size:30px;font-weight:400;line-height:1.2;margin:0;padding:16px 0;
border:solid var(--rule);border-width:1px 0}
h2{font-size:22px;font-weight:400;line-height:1.3;margin:40px 0 8px}
.label{color:var(--accent);font-size:14px;margin:40px 0 0}
.label .quiet{margin-left:8px}
.label+h2{margin:4px 0 16px}
.other{font-size:14px}
header p{margin:10px 0 0}
.quiet,.to,.note,th{color:var(--quiet);font-size:14px}
.note{border-top:1px solid var(--rule);padding-top:12px;margin:32px 0 0}
a{color:var(--accent);text-underline-offset:3px;text-decoration-thickness:1px}
ol{list-style:none;margin:0;padding:0;border-top:1px solid var(--rule)}
li{display:flex;flex-wrap:wrap;gap:0 16px;align-items:baseline;padding:10px 0;border-bottom:1px solid var(--rule)}
li a{flex:1 1 240px;font-size:18px;color:var(--ink);text-decoration:none}
li a:hover,li a:focus{text-decoration:underline}
.to{overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 24px;font-size:14px}
.subject{margin:24px 0 0}
.subject+.to{margin:4px 0 20px}
.tabs{display:flex;flex-wrap:wrap}
.tabs input{position:absolute;opacity:0}
.tabs label{padding:6px 0;margin-right:24px;font-size:14px;color:var(--quiet);cursor:pointer;
border-bottom:2px solid transparent}
.tabs input:checked+label{color:var(--ink);border-color:var(--accent)}
.tabs input:focus-visible+label{outline:2px solid var(--accent);outline-offset:2px}
.pane{display:none;order:9;width:100%;border:1px solid var(--rule)}
#as-html:checked~.html,#as-text:checked~.text,#as-head:checked~.head{display:block}
iframe{display:block;width:100%;height:max(70vh,480px);border:0;background:#fff}
.first{height:420px;border:1px solid var(--rule);margin-bottom:16px}
pre{margin:0;padding:20px;font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;
overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:400;white-space:nowrap;vertical-align:top}
th,td{padding:8px 16px;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
tr:last-child>*{border:0}
"""
