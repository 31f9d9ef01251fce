import pytest

from digest.send import Pace


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def paced(rate: float) -> tuple[Time, Pace]:
    time = Time()
    return time, Pace(rate, clock=time.clock, sleep=time.sleep)


def test_items_are_evenly_spaced_from_the_first_on() -> None:
    time, pace = paced(50)
    assert [round(time.now - 100, 6) for _ in pace.through(range(4))] == [0.0, 0.02, 0.04, 0.06]


def test_slow_work_between_items_is_not_waited_for_twice() -> None:
    time, pace = paced(10)
    seen = []
    for _ in pace.through(range(3)):
        seen.append(round(time.now - 100, 6))
        time.now += 0.06
    assert seen == [0.0, 0.1, 0.2]


def test_a_long_pause_is_not_made_up_for_in_a_burst() -> None:
    time, pace = paced(10)
    pace.wait()
    time.now += 60
    at_once = 0
    while True:
        before = time.now
        pace.wait()
        if time.now > before:
            break
        at_once += 1
    assert at_once <= 4


def test_the_rate_can_change_on_the_way() -> None:
    time, pace = paced(1)
    pace.wait()
    pace.change(10)
    pace.wait()
    pace.wait()
    assert round(time.now - 100, 6) == 1.1


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_is_more_than_nothing(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Pace(rate)
    with pytest.raises(ValueError, match="rate"):
        Pace(1).change(rate)
