"""A picture at the size that a mail shows it: smaller, without what a camera wrote into it, the same bytes twice."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from PIL.Image import Image

# A phone's pixels are half as large as those a mail counts in.
DENSITY = 2
HEAVIEST = 200_000
MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITIES = (82, 72, 60, 45)


@dataclass(frozen=True, slots=True)
class Copy:
    """A JPEG of at most 200 kB; `width` and `height` are its pixels."""

    data: bytes
    width: int
    height: int


def resized(data: bytes, width: int) -> Copy:
    """A copy that fills `width` pixels of a mail at twice the density, never larger than the picture itself.

    Raises:
        SourceError: it is no picture of a kind that is read (JPEG, PNG, WebP, GIF), is damaged, has more than 50
            million pixels, or stays above 200 kB at any quality.
        ConfigError: Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as problem:
        raise ConfigError(
            "[images] resize needs Pillow", hint="pip install 'digest[images]', or set resize = false"
        ) from problem
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise SourceError(f"the picture has {opened.width} x {opened.height} pixels, which is not decoded")
            opened.draft("RGB", (width * DENSITY, width * DENSITY))
            upright = ImageOps.exif_transpose(opened)
            flat = _on_white(upright) if "A" in upright.getbands() or "transparency" in upright.info else upright
            picture = flat.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise SourceError("is no picture that can be read") from problem
    wide = min(width * DENSITY, picture.width)
    for size in (wide, wide * 3 // 4, wide // 2):
        high = max(round(picture.height * size / picture.width), 1)
        small = picture.resize((max(size, 1), high), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            out = io.BytesIO()
            small.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            if out.tell() <= HEAVIEST:
                return Copy(out.getvalue(), small.width, small.height)
    raise SourceError("the picture stays above 200 kB however small it is made")


def _on_white(picture: Image) -> Image:
    """A picture with see-through places on white paper; in the dark, black text on nothing would vanish."""
    from PIL import Image

    shown = picture.convert("RGBA")
    paper = Image.new("RGBA", shown.size, "white")
    paper.alpha_composite(shown)
    return paper
