import quopri
import re

from hypothesis import given
from hypothesis import strategies as st

from digest.address.quoted import join_static, quote, quote_value

TEXT = st.text(st.characters(codec="utf-8"), max_size=400)
AWKWARD = st.lists(
    st.sampled_from(
        [".", "..", "From ", "F", "=", "=\r\n", " ", "\t", "\n", "\r", "é", "“x”", "😀", "a" * 80, "--", "=_"]
    ),
    max_size=60,
).map("".join)


def on_the_wire(text: str) -> bytes:
    return re.sub(r"\r\n|\r|\n", "\r\n", text).encode()


def assert_lawful(octets: bytes) -> None:
    assert octets.isascii()
    assert b"=_" not in octets
    for line in octets.split(b"\r\n"):
        assert len(line) <= 76
        assert b"\r" not in line
        assert b"\n" not in line
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))


@given(TEXT | AWKWARD)
def test_decodes_to_the_same_octets_and_every_line_is_lawful(text: str) -> None:
    octets = quote(text)
    assert_lawful(octets)
    assert quopri.decodestring(octets) == on_the_wire(text)


@given(TEXT | AWKWARD)
def test_a_value_is_encoded_as_any_text_is(text: str) -> None:
    octets = quote_value(text)
    assert_lawful(octets)
    assert quopri.decodestring(octets) == on_the_wire(text)


@given(st.lists(st.tuples(TEXT | AWKWARD, TEXT | AWKWARD), max_size=5), TEXT | AWKWARD)
def test_fixed_text_and_values_join_without_a_seam(pairs: list[tuple[str, str]], tail: str) -> None:
    fixed = join_static([*(before for before, _ in pairs), tail])
    values = [quote_value(value.replace("\r", "").replace("\n", "")) for _, value in pairs]
    joined = fixed[0] + b"".join(value + after for value, after in zip(values, fixed[1:], strict=True))
    expected = b"".join(
        on_the_wire(before) + on_the_wire(value.replace("\r", "").replace("\n", "")) for before, value in pairs
    )
    assert_lawful(joined)
    assert quopri.decodestring(joined) == expected + on_the_wire(tail)


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert quote("a\ud800b") == b"a?b"


def test_no_break_is_written_where_a_line_ends_anyway() -> None:
    assert join_static(["Dear\n", ",\n", ""]) == [b"Dear\r\n", b"=\r\n,\r\n", b""]
