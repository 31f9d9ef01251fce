from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.ingest.unpacking import offered, unpacked_stream

WORDS = b"the sea does not wait " * 400


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packing", "packed"),
    [("", WORDS), ("identity", WORDS), ("gzip", gzip.compress(WORDS, mtime=0)),
     ("GZIP", gzip.compress(WORDS, mtime=0)), ("deflate", zlib.compress(WORDS)), ("deflate", bare_deflate(WORDS))],
    ids=["plain", "identity", "gzip", "GZIP", "deflate", "bare deflate"],
)  # fmt: skip
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_unpacks_in_any_pieces(packing: str, packed: bytes, step: int) -> None:
    chunks = [packed[i : i + step] for i in range(0, len(packed), step)]
    assert b"".join(unpacked_stream(chunks, packing, 1_000_000)) == WORDS


def test_stops_at_the_limit_however_tightly_it_is_packed() -> None:
    with pytest.raises(SourceError, match=r"larger than 10,000 bytes"):
        for _ in unpacked_stream([gzip.compress(b"\0" * 5_000_000)], "gzip", 10_000):
            pass


def test_unknown_packing_and_damage_are_said() -> None:
    with pytest.raises(SourceError, match='packed as "rot13"'):
        list(unpacked_stream([b"x"], "rot13", 10))
    with pytest.raises(SourceError, match="damaged"):
        list(unpacked_stream([b"not gzip at all"], "gzip", 100))


def test_offers_what_it_can_unpack() -> None:
    assert offered().startswith("gzip, deflate")


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", ""]))
def test_any_bytes_give_bytes_or_a_source_error(data: bytes, packing: str) -> None:
    try:
        made = b"".join(unpacked_stream([data], packing, 1_000))
    except SourceError:
        return
    assert len(made) <= 1_000
