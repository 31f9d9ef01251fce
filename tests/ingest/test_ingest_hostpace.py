from __future__ import annotations

import threading

from digest.ingest.hostpace import HostPace


class Hours:
    """A clock that only its own sleeps move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def read(self) -> float:
        return self.now


def test_pages_of_one_host_are_asked_for_with_a_pause_between() -> None:
    hours = Hours()
    pace = HostPace(0.5, hours.sleep, hours.read)
    for path in ("a", "b", "c"):
        pace.wait(f"https://one.example/{path}")
    assert hours.slept == [0.5, 0.5]


def test_other_hosts_and_later_times_need_no_pause() -> None:
    hours = Hours()
    pace = HostPace(0.5, hours.sleep, hours.read)
    pace.wait("https://one.example/a")
    pace.wait("https://two.example/a")
    hours.now += 0.5
    pace.wait("https://ONE.example/b")
    assert hours.slept == []


def test_a_host_is_asked_by_one_at_a_time_and_others_meanwhile() -> None:
    pace = HostPace()
    said: list[str] = []
    started, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with pace.alone("https://one.example/a"):
            started.set()
            go_on.wait(30)
            said.append("first")

    def second() -> None:
        with pace.alone("https://one.example/b"):
            said.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert started.wait(30)
    threads[1].start()
    with pace.alone("https://two.example/"):
        said.append("other")
    go_on.set()
    for thread in threads:
        thread.join()
    assert said == ["other", "first", "second"]
