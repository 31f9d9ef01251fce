from datetime import UTC, datetime, timedelta

from digest.send.sendgrid_gate import TROUBLES, Gate

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_the_longest_wait_counts_and_ends() -> None:
    gate = Gate()
    assert gate.shut_until(NOW) is None
    gate.shut(NOW + timedelta(minutes=2))
    gate.shut(NOW + timedelta(minutes=1))
    assert gate.shut_until(NOW) == NOW + timedelta(minutes=2)
    assert gate.shut_until(NOW + timedelta(minutes=2)) is None


def test_troubles_count_only_in_a_row() -> None:
    gate = Gate()
    for _ in range(TROUBLES - 1):
        gate.troubled()
    gate.answered()
    gate.troubled()
    assert not gate.broken
    gate.troubled()
    assert gate.broken
    gate.begin()
    assert not gate.broken
