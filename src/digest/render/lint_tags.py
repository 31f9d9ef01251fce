"""The rules for one tag: whether it may stand where it stands, and what its attributes say."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from digest.render.masked import STATEMENT, VALUE
from digest.render.mjml import instead_of
from digest.render.mjml_tags import ATTRIBUTES, CHILDREN, ENDING, EVERYWHERE, IGNORED, KNOWN
from digest.render.spots import Attribute, Spot, Tag

_HEX3 = re.compile(r"#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])")
_PADDING = re.compile(r"(?:inner-)?padding(?:-(?:top|right|bottom|left))?")
_PART = re.compile(r"\d+(?:\.\d+)?px")
_PERCENT = re.compile(r"\d+\.\d+%")


def fits(tag: Tag, parent: Tag | None) -> Iterator[Spot]:
    """Whether there is such a tag, and whether it may stand in `parent` (None: a part whose parent is not known)."""
    if tag.name.startswith("mj") and tag.name not in KNOWN:
        hint = instead_of(tag.name) or "documentation.mjml.io lists the tags"
        yield Spot("mjml.unknown-tag", tag.at, f"<{tag.name}> is no MJML tag that can be used here", hint)
        return
    if parent is None:
        return
    known = parent.name in CHILDREN
    if known and tag.name not in CHILDREN[parent.name]:
        allowed = ", ".join(sorted(CHILDREN[parent.name]))
        yield Spot(
            "mjml.nesting", tag.at, f"<{tag.name}> cannot stand in <{parent.name}>", f"there may be: {allowed}"
        )
    elif tag.name.startswith("mj") and (parent.name in ENDING or not parent.name.startswith("mj")):
        yield Spot("mjml.nesting", tag.at, f"<{tag.name}> cannot stand in <{parent.name}>", "close the tag before it")


def attribute_spots(tag: Tag) -> Iterator[Spot]:
    """What is wrong with the attributes of an opening tag."""
    yield from _twice(tag)
    yield from _hex(tag)
    yield from _without_alt(tag)
    if not tag.name.startswith("mj"):
        return
    yield from _unknown(tag)
    for attribute in tag.attributes:
        if _PADDING.fullmatch(attribute.name):
            yield from _padding(attribute)
    width = tag.value("width") or ""
    if tag.name in ("mj-column", "mj-group") and _PERCENT.fullmatch(width):
        yield Spot("mjml.column-width", tag.at, f"a column is {width} wide", "give whole pixels, or 50%")
    if tag.name == "mj-hero" and tag.value("mode") == "fluid-height":
        yield Spot(
            "mjml.fluid-hero", tag.at, "a hero of fluid height is written without height", 'mode="fixed-height"'
        )


def _unknown(tag: Tag) -> Iterator[Spot]:
    if tag.name not in ATTRIBUTES:
        return
    known = ATTRIBUTES[tag.name] | EVERYWHERE
    for attribute in tag.attributes:
        if (tag.name, attribute.name) in IGNORED:
            yield Spot("mjml.ignored", attribute.at, f"{attribute.name} of <{tag.name}> does nothing", "take it out")
        elif attribute.name not in known:
            close = difflib.get_close_matches(attribute.name, sorted(known), n=1)
            hint = f"did you mean {close[0]}?" if close else "take it out"
            yield Spot("mjml.attribute", attribute.at, f"<{tag.name}> has no attribute {attribute.name}", hint)


def _twice(tag: Tag) -> Iterator[Spot]:
    """An attribute that is written twice; with a statement between the two they may be branches, so only then not."""
    seen: dict[str, Attribute] = {}
    for attribute in tag.attributes:
        before = seen.get(attribute.name)
        if before is not None:
            between = tag.inner[before.at - tag.inner_at : attribute.at - tag.inner_at]
            if STATEMENT not in between:
                yield Spot(
                    "mjml.duplicate-attribute", attribute.at, f"{attribute.name} is written twice", "keep one of them"
                )
        seen[attribute.name] = attribute


def _padding(attribute: Attribute) -> Iterator[Spot]:
    value = attribute.value
    if VALUE in value or STATEMENT in value:
        return
    parts = value.split()
    mended = " ".join("0px" if part == "0" else part for part in parts)
    if mended == value and all(_PART.fullmatch(part) for part in parts):
        return
    if all(_PART.fullmatch(part) for part in mended.split()):
        what = f'{attribute.name}="{value}" is not counted for Outlook'
        yield Spot("mjml.padding", attribute.value_at, what, f'write "{mended}"', len(value), mended)
    else:
        yield Spot("mjml.padding", attribute.value_at, f'{attribute.name}="{value}" is not in pixels', "write pixels")


def _hex(tag: Tag) -> Iterator[Spot]:
    for attribute in tag.attributes:
        short = _HEX3.fullmatch(attribute.value) if attribute.name.endswith("color") else None
        if short:
            mended = "#" + "".join(digit * 2 for digit in short.groups())
            what = f"{attribute.name} has three digits: {short[0]}"
            yield Spot("mjml.hex3", attribute.value_at, what, f"write {mended}", 4, mended)


def _without_alt(tag: Tag) -> Iterator[Spot]:
    if tag.name in ("mj-image", "img", "mj-social-element") and tag.value("alt") is None:
        if STATEMENT in tag.inner and tag.name == "img":
            return
        yield Spot("mjml.alt", tag.at, f"<{tag.name}> has no alt", 'say what it shows, or alt="" when it decorates')
