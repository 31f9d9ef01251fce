from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.ingest.decode import decoded, unpacked

WORDS = "Größe, Überraschung und Straße in einem Satz"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_reads_unicode_by_its_own_marks(name: str) -> None:
    assert decoded(WORDS.encode(name)) == WORDS


@pytest.mark.parametrize(
    ("declared", "actual", "text"),
    [
        ("iso-8859-1", "cp1252", "price: 5 € for “one”"),
        ("windows-1251", "cp1251", "Главное за день"),
        ("shift_jis", "cp932", "①この記事のポイント"),
        ("gb2312", "gb18030", "核心提示：港口"),
    ],
)
def test_believes_the_document(declared: str, actual: str, text: str) -> None:
    page = f'<meta charset="{declared}"><p>{text}</p>'
    assert text in decoded(page.encode(actual))


def test_believes_the_transport_and_not_a_name_that_does_not_exist() -> None:
    assert decoded("Główne".encode("iso-8859-2"), "iso-8859-2") == "Główne"
    assert decoded("Größe".encode("cp1252"), "no-such-charset") == "Größe"


def test_utf8_that_decodes_wins_over_its_label() -> None:
    assert "Größe" in decoded('<meta charset="iso-8859-1">Größe'.encode())


def test_a_page_that_claims_utf8_and_is_not_is_read_as_what_it_is() -> None:
    assert "Größe" in decoded('<meta charset="utf-8">Größe und Straße'.encode("cp1252"))


def test_a_few_bad_bytes_do_not_spoil_utf8() -> None:
    data = b'<meta charset="utf-8">' + ("Größe Straße Überall " * 20).encode() + b"\xff end"
    assert "Größe" in decoded(data)


def test_drops_nul_characters() -> None:
    assert decoded(b"a\0b and more than a few words here") == "ab and more than a few words here"


def test_unpacks_gzip_within_a_bound() -> None:
    assert unpacked(gzip.compress(b"hello")) == b"hello"
    with pytest.raises(SourceError, match="larger"):
        unpacked(gzip.compress(b"a" * 5_000), limit=1_000)
    with pytest.raises(SourceError, match="larger"):
        unpacked(b"a" * 5_000, limit=1_000)
    with pytest.raises(SourceError, match="damaged"):
        unpacked(gzip.compress(b"hello, hello, hello")[:-6])


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "rot13", "hex", "idna", "utf-7", "punycode"])
)
def test_never_raises(data: bytes, charset: str | None) -> None:
    decoded(data, charset).encode("utf-8", "replace")
