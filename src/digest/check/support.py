"""Which mail client knows which piece of HTML and CSS: the data of caniemail.com, kept with the package.

`scripts/refresh-caniemail.py` renews it; `data/LICENSE` is its licence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from digest.errors import ConfigError

DATA = Path(__file__).parent / "data" / "caniemail.json"
DEFAULT_CLIENTS = ("gmail", "apple-mail", "outlook", "yahoo")
# Of a hundred opens, roughly: the order of size that mail testers publish (Litmus, Email Client Market Share, 2024).
# What is not listed counts as one.
_SHARES = {
    "apple-mail.ios": 42.0,
    "apple-mail.macos": 10.0,
    "gmail.android": 13.0,
    "gmail.desktop-webmail": 10.0,
    "gmail.ios": 5.0,
    "outlook.windows": 4.0,
    "outlook.outlook-com": 2.0,
    "yahoo.desktop-webmail": 2.0,
}
_NAMES = {
    "aol": "AOL",
    "apple-mail": "Apple Mail",
    "free-fr": "Free.fr",
    "gmail": "Gmail",
    "gmx": "GMX",
    "hey": "HEY",
    "ionos-1and1": "IONOS",
    "laposte": "La Poste",
    "mail-ru": "Mail.ru",
    "outlook": "Outlook",
    "protonmail": "Proton Mail",
    "samsung-email": "Samsung Email",
    "sfr": "SFR",
    "t-online-de": "T-Online",
    "web-de": "WEB.DE",
    "wp-pl": "WP.pl",
    "yahoo": "Yahoo Mail",
}
_PLACES = {
    "desktop-webmail": "web",
    "mobile-webmail": "mobile web",
    "outlook-com": "web",
    "windows-mail": "Windows Mail",
    "ios": "iOS",
    "macos": "macOS",
    "android": "Android",
    "windows": "Windows",
}


@dataclass(frozen=True, slots=True)
class Support:
    """What is known: for each feature its title, and one letter a client (y, a, n, u, or -)."""

    clients: tuple[str, ...]
    features: Mapping[str, tuple[str, str]]
    updated: str

    def lacking(self, feature: str, families: Sequence[str]) -> tuple[tuple[str, ...], float]:
        """The clients of these families that do not know a feature, and their share of the families' opens, 0 to 1.

        A client that knows it in part counts as one that does.
        """
        _title, letters = self.features[feature]
        asked = [(c, letter) for c, letter in zip(self.clients, letters, strict=True) if c.split(".")[0] in families]
        known = [(client, letter) for client, letter in asked if letter in "yan"]
        without = tuple(client for client, letter in known if letter == "n")
        total = sum(share(client) for client, _letter in known)
        return without, sum(map(share, without)) / total if total else 0.0


def share(client: str) -> float:
    """How many of a hundred opens are this client's, roughly."""
    return _SHARES.get(client, 1.0)


def spoken(clients: Sequence[str], among: Sequence[str]) -> str:
    """Clients as people name them: `Gmail, Outlook (Windows, web)`; of a whole family only its name."""
    families: dict[str, list[str]] = {}
    for client in clients:
        family, _dot, place = client.partition(".")
        families.setdefault(family, []).append(_PLACES.get(place, place))
    said = []
    for family, places in families.items():
        whole = len(places) == sum(client.startswith(f"{family}.") for client in among)
        name = _NAMES.get(family, family.capitalize())
        said.append(name if whole else f"{name} ({', '.join(places)})")
    return ", ".join(said)


@lru_cache(maxsize=1)
def support() -> Support:
    """The data as it is kept."""
    found = json.loads(DATA.read_text(encoding="utf-8"))
    features = {slug: (title, letters) for slug, (title, letters) in found["features"].items()}
    return Support(tuple(found["clients"]), MappingProxyType(features), found["updated"])


def families_of(names: Sequence[str]) -> tuple[str, ...]:
    """The client families named.

    Raises:
        ConfigError: there is no such family.
    """
    known = sorted({client.split(".")[0] for client in support().clients})
    for name in names:
        if name not in known:
            raise ConfigError(f'"{name}" is no mail client that is known', hint=f"known: {', '.join(known)}")
    return tuple(names)
