"""Pictures are shown by their credit: deny wins, and allow means nobody else."""

from __future__ import annotations

import pytest

from digest.models.story import Image
from digest.render import permitted

JANE = Image("https://img.example/a.jpg", credit="Photo: Jane Roe/Reuters")
UNKNOWN = Image("https://img.example/a.jpg")


@pytest.mark.parametrize(
    ("image", "allow", "deny", "shown"),
    [
        (None, (), (), False),
        (JANE, (), (), True),
        (UNKNOWN, (), (), True),
        (JANE, (), ("reuters",), False),
        (JANE, (), ("jane roe",), False),
        (JANE, (), ("Reut",), True),
        (JANE, ("Reuters",), (), True),
        (JANE, ("AFP",), (), False),
        (JANE, ("Reuters",), ("Jane Roe",), False),
        (UNKNOWN, ("Reuters",), (), False),
        (UNKNOWN, (), ("Reuters",), True),
        (JANE, (), ("", " "), True),
    ],
)
def test_by_credit(image: Image | None, allow: tuple[str, ...], deny: tuple[str, ...], shown: bool) -> None:
    assert permitted(image, allow=allow, deny=deny) is (image if shown else None)
