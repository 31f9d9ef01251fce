"""Pictures become small copies; what is none, or too much, is refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digest.errors import SourceError
from digest.render.resizing import HEAVIEST, resized


def picture(
    size: tuple[int, int], kind: str = "PNG", mode: str = "RGB", noise: bool = False, **more: object
) -> bytes:
    made = Image.effect_noise(size, 120).convert(mode) if noise else Image.new(mode, size, "tomato")
    out = io.BytesIO()
    made.save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_large_picture_fills_the_width_at_twice_the_density(kind: str) -> None:
    copy = resized(picture((3200, 1800), kind), 580)
    assert (copy.width, copy.height) == (1160, 652)
    assert Image.open(io.BytesIO(copy.data)).format == "JPEG"
    assert len(copy.data) <= HEAVIEST
    assert resized(picture((3200, 1800), kind), 580) == copy


def test_a_small_picture_is_not_blown_up() -> None:
    assert resized(picture((400, 225)), 580).width == 400


def test_a_heavy_picture_loses_quality_before_size() -> None:
    copy = resized(picture((2400, 1350), "JPEG", noise=True, quality=95), 580)
    assert len(copy.data) <= HEAVIEST


def test_what_a_camera_wrote_is_left_out_and_its_turn_is_kept() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Jane Roe"
    copy = resized(picture((1600, 900), "JPEG", exif=exif), 580)
    assert copy.height > copy.width
    assert not Image.open(io.BytesIO(copy.data)).getexif()


def test_what_is_seen_through_stands_on_white() -> None:
    clear = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    out = io.BytesIO()
    clear.save(out, "PNG")
    made = Image.open(io.BytesIO(resized(out.getvalue(), 580).data))
    assert made.getpixel((50, 50)) == (255, 255, 255)


def huge_png() -> bytes:
    """A PNG of a few bytes that claims 40,000 x 40,000 pixels."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize("data", [b"", b"<svg/>", picture((90, 90))[:60], huge_png(), b"\xff\xd8\xff\xe0junk"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        resized(data, 580)


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    with pytest.raises(SourceError):
        resized(data, 580)
