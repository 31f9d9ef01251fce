"""Everything about a message that is the same for all readers of one variant, prepared once.

Header fields that never differ are folded and encoded here; `message.address` only fills in what does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from urllib.parse import quote

from digest.address.headers import HeaderError, mailbox_field, phrase, raw_field, text_field
from digest.address.mailbox import AddressError, Mailbox, clean_line, parse_mailbox
from digest.address.quoted import SOFT
from digest.address.values import check_slots, header_link
from digest.address.variant import Block, Encoded, with_blocks
from digest.errors import ConfigError
from digest.models.edition import Rendering
from digest.settings import Delivery, Publication

MAX_DELIVERY_ID = 40
MAX_BOUNCE_LOCAL = 64 - MAX_DELIVERY_ID - len("+")

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*").fullmatch


@dataclass(frozen=True)
class Letterhead:
    """One variant on one publication's paper, ready to be addressed to its readers.

    `octets` alternates fixed octets with places to fill: the reader's own header fields at 1, then one place for
    each name of `text_order`, and from `split` on one for each of `html_order`. `fields` are the header fields that
    every message has alike, for transports that write headers themselves: From and Reply-To as `Name <address>`
    with the name as it is read, all others as they go over the wire. `frame` are the octets before, between and
    behind the two parts, which stay the same whatever is enclosed; `plain_opening` stands before a text without html.
    """

    encoded: Encoded
    sender: Mailbox
    bounces: Mailbox | None
    edition: str
    issue: str
    fields: tuple[tuple[str, str], ...]
    octets: tuple[bytes, ...]
    split: int
    text_order: tuple[str, ...]
    html_order: tuple[str, ...]
    slots: tuple[str, ...]
    frame: tuple[bytes, bytes, bytes, bytes]
    plain_opening: bytes

    @property
    def language(self) -> str:
        """The language of the variant."""
        return self.encoded.about.language

    @cached_property
    def plain(self) -> Letterhead:
        """The same for readers who want text only: one part, `text/plain` (RFC 2046, section 4.1.3). It is prepared
        for the first of them: most lists of readers' own have none."""
        text = self.encoded.text
        octets = [self.frame[0], self.plain_opening + text.fixed[0], *text.fixed[1:]]
        # A soft line break at the end of all would leave the last line without its end.
        if not octets[-1].endswith(b"\r\n") or octets[-1].endswith(SOFT):
            octets[-1] += b"\r\n"
        return replace(
            self,
            encoded=self.encoded.plain,
            octets=_with_places(octets),
            split=3 + 2 * len(text.slots),
            html_order=(),
            slots=_both(text.slots, ()),
        )


def letterhead(
    encoded: Encoded,
    *,
    publication: Publication,
    delivery: Delivery,
    digest: str,
    label: str = "",
    segment_from: str | None = None,
    archive_url: str | None = None,
    blocks: Collection[str] = (),
) -> Letterhead:
    """The variant on the publication's paper.

    Args:
        encoded: the variant; `digest` is the name of its digest, `label` that name for readers (List-ID).
        segment_from: the sender of this segment when it is not the publication's.
        archive_url: where everyone can read this issue, for List-Archive; None without a public archive.
        blocks: the slots that `enclosed` will fill before anything is addressed.

    Raises:
        ConfigError: an address, a name or a link of the publication cannot stand in a mail, or the variant has a
            slot that nothing fills.
    """
    rendering = encoded.about
    check_slots([name for name in rendering.slots if name not in blocks], _where(rendering))
    sender = _mailbox(segment_from or publication.from_, "from")
    home = _mailbox(publication.from_, "[publication] from")
    replies = _mailbox(publication.reply_to, "[publication] reply_to") if publication.reply_to else home
    bounces = _bounces(delivery.bounce_address) if delivery.bounce_address else None
    date = rendering.edition.replace("/", "-")
    for what, word in (("edition", date), ("digest", digest), ("publication id", publication.id)):
        if not _WORD(word):
            raise ConfigError(f'the {what} "{word}" has characters other than letters, digits, _ and -')
    list_id = f"<{digest}.{publication.id}.{home.domain}>"
    list_name = Mailbox(clean_line(label or f"{publication.name} {digest}", 100), list_id[1:-1])
    mailto = quote(replies.address, safe="@!$'*+-._~")
    fields: list[tuple[str, str]] = [
        ("List-ID", " ".join([*phrase(list_name.name, len("List-ID: ")), list_id])),
        ("List-Owner", f"<mailto:{mailto}>"),
        ("List-Help", f"<mailto:{mailto}?subject=help>"),
        ("List-Post", "NO"),
    ]
    if archive_url:
        fields.append(("List-Archive", header_link("List-Archive", archive_url)))
    fields += [
        ("Feedback-ID", f"{date}:{_feedback(rendering.segment)}:{digest}:{publication.id}"),
        ("Precedence", "bulk"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Digest-Edition", rendering.edition),
    ]
    people = [
        (what, f"{box.name} <{box.address}>".strip()) for what, box in (("From", sender), ("Reply-To", replies))
    ]
    try:
        top = mailbox_field("From", sender)
        reply = mailbox_field("Reply-To", replies)
        subject = text_field("Subject", clean_line(rendering.subject, 900))
        alike = [mailbox_field("List-ID", list_name), *(raw_field(name, value) for name, value in fields[1:])]
    except HeaderError as problem:
        raise ConfigError(str(problem), where="[publication]") from problem
    boundary = _boundary(encoded)
    shared = subject + b"".join(alike) + b"MIME-Version: 1.0\r\n"
    frame = (
        top + reply,
        shared + _opening(boundary),
        _middle(boundary),
        f"\r\n--{boundary}--\r\n".encode(),
    )
    issue = f"{date}.{publication.id}@{sender.domain}"
    plain_opening = shared + _part("plain").encode()
    return _paper(encoded, sender, bounces, issue, (*people, *fields), frame, plain_opening)


def enclosed(
    paper: Letterhead, blocks: Mapping[str, Sequence[Block]], counts: tuple[int, int, int] | None = None
) -> Letterhead:
    """The paper of a shell with each of these slots filled with its blocks. No header and no block is written again.
    `counts` are the stories, minutes and words of the whole.

    Raises:
        ConfigError: a block has a slot that nothing fills.
    """
    whole = with_blocks(paper.encoded, blocks, counts)
    if not set(whole.about.slots) <= set(paper.encoded.about.slots):
        check_slots(whole.about.slots, _where(whole.about))
    return _paper(whole, paper.sender, paper.bounces, paper.issue, paper.fields, paper.frame, paper.plain_opening)


def _paper(
    encoded: Encoded,
    sender: Mailbox,
    bounces: Mailbox | None,
    issue: str,
    fields: tuple[tuple[str, str], ...],
    frame: tuple[bytes, bytes, bytes, bytes],
    plain_opening: bytes,
) -> Letterhead:
    text, page = encoded.text, encoded.html
    top, opening, middle, closing = frame
    octets = [top, opening + text.fixed[0], *text.fixed[1:]]
    octets[-1] += middle + page.fixed[0]
    octets += page.fixed[1:]
    octets[-1] += closing
    return Letterhead(
        encoded,
        sender,
        bounces,
        encoded.about.edition,
        issue,
        fields,
        _with_places(octets),
        3 + 2 * len(text.slots),
        text.slots,
        page.slots,
        _both(text.slots, page.slots),
        frame,
        plain_opening,
    )


def _with_places(octets: list[bytes]) -> tuple[bytes, ...]:
    room = [b""] * (2 * len(octets) - 1)
    room[::2] = octets
    return tuple(room)


@lru_cache(maxsize=64)
def _both(text: tuple[str, ...], page: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*text, *page}))


def _where(rendering: Rendering) -> str:
    return f"{rendering.template} for {rendering.segment}"


def _bounces(text: str) -> Mailbox:
    mailbox = _mailbox(text, "[delivery] bounce_address")
    local = mailbox.address.rpartition("@")[0]
    if '"' in local or len(local) > MAX_BOUNCE_LOCAL:
        what = f'"{local}" leaves no room for the +id that is written behind it'
        hint = f"choose a name without quotes and of at most {MAX_BOUNCE_LOCAL} characters before the @"
        raise ConfigError(what, where="[delivery] bounce_address", hint=hint)
    return mailbox


def _boundary(encoded: Encoded) -> str:
    # Quoted-printable never writes "=_", so a boundary that holds it cannot occur in a part (RFC 2045, 6.7).
    content = hashlib.sha256()
    for octets in (*encoded.text.fixed, *encoded.html.fixed):
        content.update(octets)
    return f"=_{content.hexdigest()[:32]}"


def _opening(boundary: str) -> bytes:
    return (
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n--{boundary}\r\n' + _part("plain")
    ).encode()


def _middle(boundary: str) -> bytes:
    return (f"\r\n--{boundary}\r\n" + _part("html")).encode()


def _part(kind: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


def _as_read(mailbox: Mailbox) -> str:
    return f"{mailbox.name} <{mailbox.address}>".strip()


def _feedback(segment: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", segment)[:60] or "all"


def _mailbox(text: str, where: str) -> Mailbox:
    try:
        return parse_mailbox(text)
    except AddressError as problem:
        hint = 'write it as "The Ledger <hello@news.example>"'
        raise ConfigError(
            f'"{clean_line(text, 100)}" cannot be written from: {problem}', where=where, hint=hint
        ) from problem
