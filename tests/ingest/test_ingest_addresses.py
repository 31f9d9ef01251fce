# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

import httpx
import pytest

from digest.errors import SourceError
from digest.ingest.addresses import checked, guarded_transport, is_public


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "fec0::1", "240.0.0.1", "", "localhost"],
)  # fmt: skip
def test_private_addresses_in_every_dress(address: str) -> None:
    assert not is_public(address)


def test_one_private_answer_refuses_the_name() -> None:
    with pytest.raises(SourceError, match=r"private network \(10\.0\.0\.1\)"):
        checked("news.example", 80, lambda host, port: ["93.184.216.34", "10.0.0.1"])


def test_unknown_names_are_said_to_be_unknown() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    def says_nothing(host: str, port: int) -> list[str]:
        return []

    for look_up in (fails, says_nothing):
        with pytest.raises(SourceError, match="not known"):
            checked("news.example", 80, look_up)


def test_the_name_is_asked_once_and_its_answer_is_what_is_connected_to() -> None:
    asked: list[str] = []

    def changes_its_mind(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["93.184.216.34"]

    with (
        httpx.Client(transport=guarded_transport(changes_its_mind)) as client,
        pytest.raises(SourceError, match="private"),
    ):
        client.get("http://news.example/")
    assert asked == ["news.example"]
