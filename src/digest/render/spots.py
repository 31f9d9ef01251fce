"""What the linter hands from hand to hand: a tag as it was written, and a spot with something wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute; `at` is where its name begins, `value_at` where its value does."""

    name: str
    value: str
    at: int
    value_at: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag. `alone` says that it takes no closing tag; `inner`, from `inner_at`, is all behind its name."""

    name: str
    at: int
    closing: bool
    alone: bool
    attributes: tuple[Attribute, ...]
    inner: str
    inner_at: int

    def value(self, name: str) -> str | None:
        """The value of the attribute `name`, None when it has none."""
        return next((each.value for each in self.attributes if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a masked template that breaks `rule`; `mended` is what its `length` characters should be."""

    rule: str
    at: int
    message: str
    fix: str
    length: int = 0
    mended: str | None = None
