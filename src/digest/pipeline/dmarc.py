"""DMARC (RFC 7489): the policy of a domain, and whether DKIM or SPF speaks for the domain in From."""

from __future__ import annotations

from collections.abc import Iterator

from digest.pipeline.dns import Resolver
from digest.pipeline.examined import Examined
from digest.pipeline.mail_names import Named, add, change, tags


def examine_dmarc(named: Named, resolver: Resolver) -> Iterator[Examined]:
    """What receivers find.

    Raises:
        NoAnswer: a name could not be asked about.
    """
    domain = named.sender
    where, found = _policy(domain, resolver)
    example = f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
    if not found:
        what = f"{domain} has no DMARC record, which Gmail and Yahoo ask of whoever sends much"
        yield Examined("problem", what, add(f"_dmarc.{domain}", "TXT", example))
        return
    name = f"_dmarc.{where}"
    if len(found) > 1:
        yield Examined("problem", f"{name} has {len(found)} DMARC records, so none counts", f"keep one: {found[0]}")
        return
    said = tags(found[0])
    policy = said.get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        yield Examined("problem", f"The DMARC record at {name} has no policy (p=)", change(name, example))
        return
    yield Examined("ok", f"DMARC of {where}: p={policy}")
    if policy == "none" and "rua" not in said:
        fix = change(name, f"{found[0].rstrip('; ')}; rua=mailto:dmarc@{domain}")
        yield Examined("warning", "DMARC reports go nowhere, so nobody learns of mail that fails", fix)
    if not named.sendgrid:
        yield from _aligned(named, where, said)


def _aligned(named: Named, organisation: str, said: dict[str, str]) -> Iterator[Examined]:
    """Whether DKIM or SPF speaks for the domain in From; one of the two is enough for DMARC (section 3.1)."""
    by_dkim = named.dkim is not None and _same(named.dkim[0], named.sender, organisation, said.get("adkim", "r"))
    by_spf = _same(named.bounces, named.sender, organisation, said.get("aspf", "r"))
    if by_dkim or by_spf:
        through = " and ".join(word for word, is_so in (("DKIM", by_dkim), ("SPF", by_spf)) if is_so)
        yield Examined("ok", f"From is aligned by {through}")
    elif named.dkim is None:
        fix = f"set [delivery.dkim] domain to {named.sender}, or bounce_address to an address there"
        what = f"From ({named.sender}) is not aligned by SPF ({named.bounces}); only the relay's DKIM could do it"
        yield Examined("warning", what, fix)
    else:
        what = f"From ({named.sender}) is aligned neither by DKIM ({named.dkim[0]}) nor by SPF ({named.bounces})"
        yield Examined("problem", what, f"sign for {named.sender}: [delivery.dkim] domain")


def _same(one: str, sender: str, organisation: str, mode: str) -> bool:
    if mode.lower().startswith("s"):
        return one == sender
    return one in (sender, organisation) or one.endswith(f".{organisation}")


def _policy(domain: str, resolver: Resolver) -> tuple[str, list[str]]:
    """The nearest domain upward that has a DMARC record, and its records."""
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        where = ".".join(labels[at:])
        texts = resolver.ask(f"_dmarc.{where}", "TXT")
        found = [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if found:
            return where, found
    return domain, []
