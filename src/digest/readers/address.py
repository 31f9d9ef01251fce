"""Mail addresses as a subscriber gives them: cleaned, checked by the rules of mail, and reduced to one identity.

What only a mail server can know (whether the mailbox exists) is not asked here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from digest.audiences.words import domain_name, fold

MAX_LOCAL: Final = 64
MAX_ADDRESS: Final = 254
_PLAIN = re.compile(
    r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63})"
)
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+")
_EDGES: Final = " \t\r\n\u00a0\u200b\ufeff"


class BadAddress(ValueError):
    """No address that mail can be sent to; the message says why in words."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address to write to, and its identity.

    `email` keeps the local part as written; its domain is lower case and ASCII (A-labels, RFC 5891), as it goes over
    the wire. `key` is what two spellings of one address have in common. `smtputf8` says that the local part is not
    ASCII, so that only servers that offer SMTPUTF8 (RFC 6531) can take it.
    """

    email: str
    key: str
    smtputf8: bool = False


def normalise(email: str) -> Address:
    """The address that `email` is, space around it removed.

    A quoted local part (`"a b"@example.org`) is legal in RFC 5321 and refused here all the same: no public provider
    gives one out, and relays differ in reading it. So are addresses at an IP number, and at a host without a dot
    other than `localhost`.

    Raises:
        BadAddress: it cannot be written to; the message says what is wrong, without repeating the address.
    """
    text = email.strip(_EDGES)
    match = _PLAIN.fullmatch(text)
    if match and len(text) <= MAX_ADDRESS and len(match[1]) <= MAX_LOCAL:
        domain = match[2].lower()
        if "xn--" not in domain:
            return Address(f"{match[1]}@{domain}", f"{match[1].lower()}@{domain}")
    return _slowly(text)


def _slowly(text: str) -> Address:
    """Whatever is not plain ASCII, and every complaint."""
    if not text:
        raise BadAddress("the address is empty")
    if len(text) > 4 * MAX_ADDRESS:
        raise BadAddress(f"the address is longer than {MAX_ADDRESS} characters")
    for sign in text:
        if unicodedata.category(sign)[0] in "CZ":
            raise BadAddress(f"the address holds {_called(sign)}")
    local, at, domain = text.rpartition("@")
    if not at:
        raise BadAddress("the address has no @")
    if text.startswith("<") or text.endswith(">"):
        raise BadAddress("only the address belongs here, without a name or < >")
    if local.startswith('"'):
        raise BadAddress("the part before the @ is in quotes, which hardly any mail server takes")
    if "@" in local:
        raise BadAddress("the address has more than one @")
    _check_local(local)
    host = _host(domain)
    local = unicodedata.normalize("NFC", local)
    written = f"{local}@{host}"
    if len(local.encode()) > MAX_LOCAL:
        raise BadAddress(f"the part before the @ is longer than {MAX_LOCAL} bytes")
    if len(written.encode()) > MAX_ADDRESS:
        raise BadAddress(f"the address is longer than {MAX_ADDRESS} bytes")
    return Address(written, f"{fold(local)}@{host}", smtputf8=not local.isascii())


def _check_local(local: str) -> None:
    """A dot-atom (RFC 5322, section 3.2.3), with the characters that RFC 6531 adds."""
    if not local:
        raise BadAddress("there is nothing before the @")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadAddress("a dot cannot begin or end the part before the @, nor follow another dot")
    for atom in local.split("."):
        if not _ATEXT.fullmatch(atom):
            wrong = next(sign for sign in atom if not _ATEXT.fullmatch(sign))
            raise BadAddress(f"{wrong} cannot stand before the @")


def _host(domain: str) -> str:
    if not domain:
        raise BadAddress("there is nothing after the @")
    if domain.startswith("["):
        raise BadAddress("the address names an IP number instead of a domain")
    if domain.startswith(".") or domain.endswith(".") or ".." in domain:
        raise BadAddress("a dot cannot begin or end the domain, nor follow another dot")
    try:
        host = domain_name(domain)
    except ValueError as problem:
        raise BadAddress(str(problem)) from None
    if "." not in host and host != "localhost":
        raise BadAddress("the domain has no ending such as .org")
    if host.rpartition(".")[2].isdecimal():
        raise BadAddress("the domain ends in a number")
    return host


def _called(sign: str) -> str:
    if sign == " ":
        return "a space"
    if sign in "\r\n":
        return "a line break"
    name = unicodedata.name(sign, "").lower()
    return f"a character that cannot be seen (U+{ord(sign):04X}{', ' + name if name else ''})"
