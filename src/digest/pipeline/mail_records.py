"""What the domain name system says about the newsroom's mail, as receivers ask it: SPF (RFC 7208), DKIM (RFC 6376),
DMARC (RFC 7489) with alignment, the name of the sending address, and where bounces go. Each finding that is not well
names the very record to add."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Iterator
from typing import Final

from digest.pipeline import spf
from digest.pipeline.dmarc import examine_dmarc
from digest.pipeline.dns import Kind, NoAnswer, Resolver
from digest.pipeline.examined import Examined
from digest.pipeline.mail_names import Address, Named, add, change, tags

SHORT_KEY: Final = 2048


def examine_records(named: Named, resolver: Resolver) -> Iterator[Examined]:
    """One finding for each thing that receivers look at; what nobody answers about is said to be not looked at."""
    checks: tuple[tuple[str, Callable[[Named, Resolver], Iterator[Examined]]], ...] = (
        ("SPF", _spf),
        ("DKIM", _dkim),
        ("DMARC", examine_dmarc),
        ("The name of the sending address", _ptr),
        ("Where bounces go", _mx),
    )
    for what, check in checks:
        try:
            yield from check(named, resolver)
        except NoAnswer as problem:
            yield Examined("skipped", f"{what} was not looked at: {problem}")


def dkim_record(pem: str) -> str:
    """The record that belongs to a private key: with the public one (RFC 6376, section 3.6.1; RFC 8463, section 4).

    Raises:
        ConfigError, CredentialsError: as `load_key`.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from digest.address.dkim import load_key

    key = load_key(pem)
    if isinstance(key, RSAPrivateKey):
        octets = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"
    octets = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(octets).decode()}"


def sending_addresses(hosts: tuple[str, ...], resolver: Resolver) -> tuple[Address, ...]:
    """The public addresses of relays; one on this machine or its network has none that receivers see.

    Raises:
        NoAnswer: a name could not be asked about.
    """
    found: list[Address] = []
    for host in hosts:
        try:
            texts: tuple[str, ...] = (str(ipaddress.ip_address(host)),)
        except ValueError:
            texts = () if host == "localhost" else (*resolver.ask(host, "A"), *resolver.ask(host, "AAAA"))
        found += [address for text in texts if (address := _address(text)) and address.is_global]
    return tuple(dict.fromkeys(found))


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _addresses(named: Named, resolver: Resolver) -> tuple[Address, ...]:
    return named.addresses or (() if named.sendgrid else sending_addresses(named.hosts, resolver))


def _spf(named: Named, resolver: Resolver) -> Iterator[Examined]:
    if named.sendgrid:
        yield Examined("ok", "SPF: SendGrid sends with a return address of its own, whose record is its own")
        return
    domain, addresses = named.bounces, _addresses(named, resolver)
    found = spf.records(resolver, domain)
    literal = [f"ip{address.version}:{address}" for address in addresses]
    wanted = " ".join(literal) or "ip4:THE.ADDRESS.MAIL.LEAVES.FROM"
    if not found:
        yield Examined("problem", f"{domain} has no SPF record", add(domain, "TXT", f"v=spf1 {wanted} -all"))
        return
    if len(found) > 1:
        fix = f"delete all but one of them, and say everything there: {found[0]}"
        yield Examined("problem", f"{domain} has {len(found)} SPF records, so none counts", fix)
        return
    record = found[0]
    if "+all" in record.lower().split() or "all" in record.lower().split():
        fix = change(domain, " ".join(w for w in record.split() if w.lower() not in ("+all", "all")) + " -all")
        yield Examined("problem", f"The SPF record of {domain} lets everybody send for it", fix)
        return
    if not addresses:
        yield Examined("ok", f"SPF of {domain}: {record}")
        yield Examined(
            "skipped",
            "Whether SPF names the address that mail leaves from was not looked at: it is not known",
            "digest doctor --from-address ADDRESS",
        )
        return
    for address in addresses:
        yield _judged(resolver, domain, record, address)


def _judged(resolver: Resolver, domain: str, record: str, address: Address) -> Examined:
    judged = spf.judge(resolver, domain, address)
    if judged.result == "broken":
        fix = f"mend the TXT record of {domain}: {record}"
        return Examined("problem", f"The SPF record of {domain} cannot be evaluated: {judged.why}", fix)
    if judged.result == "pass":
        return Examined("ok", f"SPF of {domain} names {address} ({judged.questions} of 10 questions)")
    words = record.split()
    place = next(
        (at for at, word in enumerate(words) if word.lower().endswith("all") or "redirect=" in word), len(words)
    )
    with_it = " ".join([*words[:place], f"ip{address.version}:{address}", *words[place:]])
    severe = judged.result in ("fail", "none")
    what = f"SPF of {domain} does not name {address}, the address of the relay ({judged.result})"
    return Examined("problem" if severe else "warning", what, f"if mail leaves from there: {change(domain, with_it)}")


def _dkim(named: Named, resolver: Resolver) -> Iterator[Examined]:
    if named.dkim is None:
        yield from _signed_elsewhere(named, resolver)
        return
    domain, selector, wanted = named.dkim
    name = f"{selector}._domainkey.{domain}"
    found = [text for text in resolver.ask(name, "TXT") if "p=" in text.replace(" ", "")]
    if not found:
        yield Examined("problem", f"There is no DKIM key at {name}", add(name, "TXT", wanted))
        return
    held, ours = tags(found[0]), tags(wanted)
    if len(found) > 1:
        yield Examined("problem", f"{name} has {len(found)} keys, so none counts", f"keep only: {wanted}")
    elif not held.get("p"):
        yield Examined("problem", f"The DKIM key at {name} was withdrawn", change(name, wanted))
    elif held["p"] != ours["p"] or held.get("k", "rsa") != ours["k"]:
        yield Examined("problem", f"The DKIM key at {name} is not the one that signs here", change(name, wanted))
    elif ours["k"] == "rsa" and (bits := _bits(ours["p"])) < SHORT_KEY:
        fix = f"make one of {SHORT_KEY} bits under another selector"
        yield Examined("warning", f"The DKIM key at {name} has {bits} bits (RFC 8301 asks for {SHORT_KEY})", fix)
    elif "y" in held.get("t", "").split(":"):
        yield Examined("warning", f"The DKIM key at {name} says that it is only being tested", change(name, wanted))
    else:
        yield Examined("ok", f"DKIM key at {name} is the one that signs here")


def _signed_elsewhere(named: Named, resolver: Resolver) -> Iterator[Examined]:
    if not named.sendgrid:
        fix = "see in a test mail that it is signed for your domain, or set [delivery.dkim]"
        yield Examined("skipped", "DKIM was not looked at: [delivery.dkim] is not set, so the relay must sign", fix)
        return
    name = f"s1._domainkey.{named.sender}"
    if resolver.ask(name, "CNAME") or resolver.ask(name, "TXT"):
        yield Examined("ok", f"DKIM: SendGrid's key is at {name}")
    else:
        fix = f"authenticate {named.sender} at SendGrid, and add the CNAME records that it shows (s1._domainkey …)"
        yield Examined("problem", f"SendGrid does not sign for {named.sender}: there is no {name}", fix)


def _ptr(named: Named, resolver: Resolver) -> Iterator[Examined]:
    if named.sendgrid:
        yield Examined("ok", "The sending addresses are SendGrid's, and so are their names")
        return
    addresses = _addresses(named, resolver)
    if not addresses:
        what = "The name of the sending address was not looked at: the address is not known"
        yield Examined("skipped", what, "digest doctor --from-address ADDRESS")
    for address in addresses:
        names = resolver.ask(address.reverse_pointer, "PTR")
        kind: Kind = "A" if address.version == 4 else "AAAA"
        back = [name for name in names if str(address) in {str(_address(t)) for t in resolver.ask(name, kind)}]
        host = next((host for host in named.hosts if "." in host and not _address(host)), f"mail.{named.sender}")
        if not names:
            fix = "ask whoever gave you the address to " + add(address.reverse_pointer, "PTR", f"{host}.")
            yield Examined("problem", f"{address} has no name (PTR), which Gmail asks of every sender", fix)
        elif not back:
            fix = add(names[0], kind, str(address))
            yield Examined("problem", f"{address} is called {names[0]}, but that name does not lead back to it", fix)
        else:
            yield Examined("ok", f"{address} is called {back[0]}, which leads back to it")


def _mx(named: Named, resolver: Resolver) -> Iterator[Examined]:
    if named.sendgrid:
        yield Examined("ok", "Bounces go to SendGrid, which tells of them by its events")
        return
    domain = named.bounces
    hosts = [text.rpartition(" ")[2].rstrip(".") for text in resolver.ask(domain, "MX")]
    fix = add(domain, "MX", f"10 mail.{domain}.")
    if hosts and not any(hosts):
        yield Examined(
            "problem",
            f"{domain} says that it takes no mail (RFC 7505), so bounces are lost",
            fix.replace("add:", "change to:"),
        )
    elif not hosts and not (resolver.ask(domain, "A") or resolver.ask(domain, "AAAA")):
        yield Examined("problem", f"{domain} has no MX record, so bounces are lost", fix)
    elif not hosts:
        yield Examined("warning", f"{domain} has no MX record; bounces go to its web address", fix)
    else:
        lost = [host for host in hosts if not (resolver.ask(host, "A") or resolver.ask(host, "AAAA"))]
        if lost:
            what = f"{lost[0]}, which takes the mail of {domain}, has no address"
            yield Examined("problem", what, add(lost[0], "A", "ITS.ADDRESS"))
        else:
            yield Examined("ok", f"Bounces to {domain} go to {hosts[0]}")


def _bits(public: str) -> int:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(base64.b64decode(public))
    return key.key_size if isinstance(key, RSAPublicKey) else SHORT_KEY
