"""Make a site's own colour readable: the same hue, lighter or darker until text in it can be read on our paper."""

from __future__ import annotations

import colorsys

from digest.check.accessibility import contrast

READABLE = 4.5
_STEPS = 100


def accent_on(colour: str, paper: str) -> str:
    """`colour` (`#rrggbb`) moved in lightness as little as needed for a contrast of 4.5 on `paper`
    (WCAG 2.2, 1.4.3, level AA)."""
    if contrast(colour, paper) >= READABLE:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    darker = contrast("#000000", paper) > contrast("#ffffff", paper)
    for step in range(1, _STEPS + 1):
        end = 0.0 if darker else 1.0
        moved = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        made = "#" + "".join(f"{round(255 * part):02x}" for part in moved)
        if contrast(made, paper) >= READABLE:
            return made
    return "#000000" if darker else "#ffffff"
