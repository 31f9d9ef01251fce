"""Whether a domain's SPF record (RFC 7208) lets an address send for it, and how many questions that costs them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final, Literal

from digest.pipeline.dns import Kind, Resolver

MAX_QUESTIONS: Final = 10
Result = Literal["pass", "fail", "softfail", "neutral", "none", "broken"]
_QUALIFIERS: Final[dict[str, Result]] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def records(resolver: Resolver, domain: str) -> tuple[str, ...]:
    """The SPF records of a domain; more than one is as bad as none (section 4.5)."""
    found = resolver.ask(domain, "TXT")
    return tuple(text for text in found if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 "))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a receiver would find. `questions` are those that count against the limit of ten; `why` says what is
    broken."""

    result: Result
    questions: int
    why: str = ""


class _Broken(Exception):
    """The record cannot be evaluated: a permanent error (section 2.6.7)."""


def judge(resolver: Resolver, domain: str, address: Address) -> Judged:
    """What SPF says of mail for `domain` that comes from `address`.

    Macros are not expanded: a mechanism that holds one counts as not matching.

    Raises:
        NoAnswer: a name could not be asked about.
    """
    walk = _Walk(resolver, address)
    try:
        return Judged(walk.check(domain), walk.questions)
    except _Broken as problem:
        return Judged("broken", walk.questions, str(problem))


class _Walk:
    def __init__(self, resolver: Resolver, address: Address) -> None:
        self.resolver = resolver
        self.address = address
        self.questions = 0

    def check(self, domain: str) -> Result:
        found = records(self.resolver, domain)
        if not found:
            return "none"
        if len(found) > 1:
            raise _Broken(f"{domain} has {len(found)} SPF records")
        redirect = ""
        for term in found[0].split()[1:]:
            name, mark, value = term.partition("=")
            if mark and name.isalnum() and ":" not in name:
                redirect = value if name.lower() == "redirect" else redirect
                continue
            qualifier = term[0] if term[0] in _QUALIFIERS else "+"
            if self.matches(term.lstrip("+-~?"), domain):
                return _QUALIFIERS[qualifier]
        if redirect:
            self.count()
            result = self.check(redirect)
            if result == "none":
                raise _Broken(f"{redirect}, which {domain} redirects to, has no SPF record")
            return result
        return "neutral"

    def matches(self, mechanism: str, domain: str) -> bool:
        head, _, prefix = mechanism.partition("/") if not mechanism.lower().startswith("ip") else (mechanism, "", "")
        kind, _, value = head.partition(":")
        kind, value = kind.lower(), value or domain
        match kind:
            case "all":
                return True
            case "ip4" | "ip6":
                try:
                    return self.address in ipaddress.ip_network(value, strict=False)
                except ValueError:
                    raise _Broken(f"{mechanism} of {domain} names no network") from None
            case "include":
                self.count()
                result = self.check(value)
                if result == "none":
                    raise _Broken(f"{value}, which {domain} includes, has no SPF record")
                return result == "pass"
            case "a":
                self.count()
                return self.within(value, prefix)
            case "mx":
                self.count()
                hosts = [text.rpartition(" ")[2] for text in self.resolver.ask(value, "MX")]
                return any(self.within(host, prefix) for host in hosts[:MAX_QUESTIONS])
            case "exists" | "ptr":
                self.count()
                return False
            case _:
                raise _Broken(f"{domain} has an SPF record with the unknown word {mechanism}")

    def within(self, host: str, prefix: str) -> bool:
        """Whether the address is one of the host's, as far as the prefix goes (`24`, `24//64`)."""
        kind: Kind = "A" if self.address.version == 4 else "AAAA"
        four, _, six = prefix.partition("//")
        length = (four if self.address.version == 4 else six.lstrip("/")) or str(self.address.max_prefixlen)
        for text in self.resolver.ask(host, kind):
            try:
                if self.address in ipaddress.ip_network(f"{text}/{length}", strict=False):
                    return True
            except ValueError:
                continue
        return False

    def count(self) -> None:
        self.questions += 1
        if self.questions > MAX_QUESTIONS:
            raise _Broken(f"it takes more than {MAX_QUESTIONS} questions to evaluate")
