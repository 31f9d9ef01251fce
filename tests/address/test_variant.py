import quopri
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.address.quoted import quote_value
from digest.address.variant import Piece, encode, encode_block, with_blocks
from digest.models.edition import Rendering

BITS = st.lists(
    st.sampled_from(["a", "é", ".", "\n", " ", "{{name}}", "{{stories}}", "{{", "}}", "{{no}}", "=", "word " * 20]),
    max_size=12,
).map("".join)
SAFE_BITS = st.lists(st.sampled_from(["b", "ü", ".", "\n", " ", "{{link:1}}", "=", "line " * 20]), max_size=8).map(
    "".join
)


def rendering(html: str, text: str, slots: tuple[str, ...]) -> Rendering:
    return Rendering("daily/2026-11-24", "everyone", "en", "daily", "s", "", html, text, slots, 1, 1, 1)


def filled(piece: Piece, values: dict[str, str]) -> str:
    octets = piece.fixed[0] + b"".join(
        quote_value(values[name]) + after for name, after in zip(piece.slots, piece.fixed[1:], strict=True)
    )
    assert all(len(line) <= 76 and not line.startswith(b".") for line in octets.split(b"\r\n"))
    return quopri.decodestring(octets).decode()


def plain(source: str, values: dict[str, str], slots: tuple[str, ...]) -> str:
    names = "|".join(map(re.escape, slots))
    return re.sub(r"\{\{(" + names + r")\}\}", lambda m: values[m[1]], source).replace("\n", "\r\n")


@given(BITS, st.sampled_from(["", "Ann", ".x", "From me", "é" * 60]))
def test_only_named_slots_are_filled_and_all_else_is_text(source: str, name: str) -> None:
    encoded = encode(rendering(source, source, ("name",)))
    values = {"name": name}
    assert filled(encoded.html, values) == filled(encoded.text, values) == plain(source, values, ("name",))


@given(BITS, st.lists(SAFE_BITS, max_size=4))
def test_blocks_put_into_a_shell_decode_to_the_whole(shell: str, stories: list[str]) -> None:
    encoded = encode(rendering(shell, shell, ("name", "stories")))
    blocks = [encode_block(story, story, ("link:1",)) for story in stories]
    whole = with_blocks(encoded, {"stories": blocks})
    values = {"name": "Ann", "link:1": "https://news.example/1"}
    assert whole.rendering.slots == (("link:1", "name") if stories else ("name",))
    assert filled(whole.html, values) == plain(whole.rendering.html, values, ("name", "link:1"))
    assert filled(whole.text, values) == plain(whole.rendering.text, values, ("name", "link:1"))


def test_blocks_stand_in_the_order_of_the_list() -> None:
    shell = encode(rendering("<ul>{{stories}}</ul>", "{{stories}}.", ("stories",)))
    one, two = encode_block("<li>1</li>", "1\n"), encode_block("<li>2</li>", "2\n")
    assert with_blocks(shell, {"stories": [two, one]}).rendering.html == "<ul><li>2</li><li>1</li></ul>"
    assert filled(with_blocks(shell, {"stories": [two, one]}).text, {}) == "2\r\n1\r\n."


@pytest.mark.parametrize("name", ["", "a b", "name}}", "Name", "link:", "x" * 60])
def test_a_name_that_no_slot_may_have_is_a_bug(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a slot"):
        encode(rendering("", "", (name,)))
