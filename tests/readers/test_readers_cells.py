"""What single cells mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.people import Consent, Frequency
from digest.readers import cells

KOLKATA = ZoneInfo("Asia/Kolkata")
DAY = datetime(2026, 11, 24, tzinfo=KOLKATA)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-24", DAY),
        ("2026/11/24", DAY),
        ("24.11.2026", DAY),
        ("4.1.2026", datetime(2026, 1, 4, tzinfo=KOLKATA)),
        ("2026-11-24 07:30:00", DAY + timedelta(hours=7, minutes=30)),
        ("24.11.2026 07:30", DAY + timedelta(hours=7, minutes=30)),
        ("2026-11-24T07:30:00Z", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("2026-11-24T07:30:00+05:30", DAY + timedelta(hours=7, minutes=30)),
        ("11/24/2026", None),
        ("24-11-2026", None),
        ("31.02.2026", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("soon", None),
        ("", None),
    ],
)
def test_moments(text: str, found: datetime | None) -> None:
    assert cells.moment(text, KOLKATA) == found


@given(st.text(max_size=30))
def test_any_text_is_a_moment_with_a_zone_or_none(text: str) -> None:
    found = cells.moment(text, KOLKATA)
    assert found is None or (found.tzinfo is not None and found.timestamp() > -86_400)


@pytest.mark.parametrize(
    ("text", "when", "wording"),
    [
        ("2026-11-24", DAY, ""),
        ("2026-11-24 07:00", DAY + timedelta(hours=7), ""),
        ("2026-11-24 form on the front page", DAY, "form on the front page"),
        ("form, 2026-11-24", None, "form, 2026-11-24"),
        ("", None, ""),
    ],
)
def test_consent(text: str, when: datetime | None, wording: str) -> None:
    assert cells.consent(text, KOLKATA) == (when, wording)


def test_states_and_frequencies() -> None:
    assert cells.status("Active") == cells.status("subscribed") == (Consent.ACTIVE, None)
    assert cells.status("unsubscribed") == (Consent.LEFT, None)
    assert cells.status("cleaned") == (Consent.LEFT, cells.BOUNCED)
    assert cells.status("complained") == (Consent.LEFT, cells.COMPLAINED)
    assert cells.frequency("Weekly") is Frequency.WEEKLY
    with pytest.raises(cells.Unusable, match='no status "unsubscibed"') as caught:
        cells.status("unsubscibed")
    assert caught.value.hint == "did you mean unsubscribed?"
    with pytest.raises(cells.Unusable, match="no frequency"):
        cells.frequency("hourly")


def test_lists() -> None:
    assert cells.words(" World ;business|World,, new  York ") == (("world", "business", "new york"), None)
    found, wrong = cells.words("world, wrld", {"world"}, "topic")
    assert found == ("world",)
    assert wrong is not None
    assert (wrong.what, wrong.hint) == ('there is no topic "wrld"', "did you mean world?")


@pytest.mark.parametrize("text", ["a" * 61, "a\x07b", "\u202ea", ",".join(map(str, range(101))), "a," * 10_000])
def test_lists_are_bounded_and_clean(text: str) -> None:
    found, wrong = cells.words(text, what="tag")
    assert wrong is not None
    assert len(found) <= 100


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-5", "@x", "\tx", "\rx", "＝1", "'=x", "''-"])
def test_formulas_are_guarded(cell: str) -> None:
    assert cells.guard(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=b", "'", "'quoted'", "O'Neil"])
def test_other_cells_are_left_alone(cell: str) -> None:
    assert cells.guard(cell) == cell
    assert cells.unguard(cell) == cell


@given(st.text(st.sampled_from("'=+-@\t\rab＝"), max_size=6) | st.text())
def test_the_guard_comes_off_again(cell: str) -> None:
    assert cells.unguard(cells.guard(cell)) == cell
    assert cells.guard(cell)[:1] not in tuple("=+-@\t\r＝＋－＠")
