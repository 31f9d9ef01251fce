from hypothesis import given
from hypothesis import strategies as st

from digest.send.smtp_domains import PAUSE, RECOVERY, Domains


def test_without_a_complaint_nobody_waits() -> None:
    domains = Domains()
    for number in range(1000):
        domains.began("mail.example", number / 100)
    assert domains.free
    assert domains.wait("mail.example", 10.0) == 0


def busy(rate: float) -> Domains:
    domains = Domains()
    domains.began("mail.example", 100.0)
    for number in range(int(rate * 10)):
        domains.began("mail.example", 100.0 + number / rate)
    return domains


def test_a_complaint_pauses_its_domain_and_no_other() -> None:
    domains = busy(20)
    domains.complained("mail.example", 110.0)
    assert domains.wait("mail.example", 110.0) == PAUSE
    assert domains.wait("mail.example", 109.9 + PAUSE) > 0
    assert domains.wait("other.example", 110.0) == 0


def test_after_the_pause_half_the_rate_and_slowly_back() -> None:
    domains = busy(20)
    domains.complained("mail.example", 110.0)
    at, sent = 110.0 + PAUSE, []
    while at < 110.0 + PAUSE + RECOVERY:
        wait = domains.wait("mail.example", at)
        at += wait
        domains.began("mail.example", at)
        sent.append(at)
        at += 0.001
    first = sum(1 for moment in sent if moment < 120.0 + PAUSE) / 10
    assert 9 <= first <= 11
    assert not domains.wait("mail.example", 110.0 + PAUSE + RECOVERY)
    assert domains.free


def test_what_was_under_way_is_no_second_complaint_but_a_later_one_halves_again() -> None:
    domains = busy(20)
    domains.complained("mail.example", 110.0)
    domains.complained("mail.example", 111.0)
    assert domains.wait("mail.example", 111.0) == PAUSE - 1
    at = 110.0 + PAUSE
    domains.began("mail.example", at)
    gap = domains.wait("mail.example", at)
    domains.complained("mail.example", at)
    later = at + PAUSE
    domains.began("mail.example", later)
    assert domains.wait("mail.example", later) > gap


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 50), st.booleans()), max_size=60))
def test_a_wait_never_leads_nowhere(steps: list[tuple[str, float, bool]]) -> None:
    domains, at = Domains(), 0.0
    for domain, passed, complaint in steps:
        at += passed
        wait = domains.wait(domain, at)
        assert 0 <= wait <= PAUSE + 1e-6
        at += wait
        domains.began(domain, at)
        if complaint:
            domains.complained(domain, at)
