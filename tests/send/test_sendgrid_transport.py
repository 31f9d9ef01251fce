import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from certificates import certificate
from python_http_client.exceptions import NotFoundError

from digest.send.fake_sendgrid import FakeSendGrid, Fault
from digest.send.sendgrid_client import client
from digest.send.sendgrid_transport import MAX_ANSWER, Limits, Lost, Pool, Step

QUICK = Limits(connect=2, read=2, total=4)


@contextmanager
def says(*answers: bytes, closed: threading.Event | None = None) -> Iterator[str]:
    """A server that reads until it has a blank line, says an answer and closes; one connection for each answer.
    `closed` is set when the first connection is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    heard = b""
                    while b"\r\n\r\n" not in heard:
                        heard += connection.recv(65_536)
                    connection.sendall(answer)
                if closed is not None:
                    closed.set()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


@contextmanager
def pool(host: str, limits: Limits = QUICK, context: ssl.SSLContext | None = None) -> Iterator[Pool]:
    made = Pool(host, limits, context=context)
    yield made
    made.close()


def test_one_connection_carries_request_after_request() -> None:
    with FakeSendGrid() as fake, pool(fake.url) as ours:
        for _ in range(5):
            assert ours.request("GET", "/v3/none", {"Authorization": "Bearer x"}).status == 404
        assert fake.connections == 1


def test_a_connection_that_rested_too_long_is_not_used_again() -> None:
    moment = 0.0
    with FakeSendGrid() as fake:
        ours = Pool(fake.url, QUICK, clock=lambda: moment)
        ours.request("GET", "/")
        moment = QUICK.idle + 1
        ours.request("GET", "/")
        ours.close()
        assert fake.connections == 2


def test_a_connection_that_was_closed_while_it_rested_is_not_used_again() -> None:
    closed = threading.Event()
    with (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.1 204 No\r\n\r\n", closed=closed) as host,
        pool(host) as ours,
    ):
        assert ours.request("GET", "/").octets == b"ok"
        assert closed.wait(10)
        assert ours.request("GET", "/").status == 204


def test_over_tls_the_certificate_must_be_known(tmp_path: Path) -> None:
    key, chain = certificate(tmp_path, "localhost")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(chain, key)
    with FakeSendGrid(tls=served) as fake:
        with pool(fake.url, context=ssl.create_default_context(cafile=str(chain))) as ours:
            assert ours.request("GET", "/").status == 401
            assert ours.request("GET", "/").status == 401
        assert fake.connections == 1
        with pool(fake.url) as stranger, pytest.raises(Lost) as problem:
            stranger.request("GET", "/")
    assert (problem.value.step, problem.value.hopeless) == (Step.CONNECT, True)


def test_nobody_listening_is_hopeless_and_nothing_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pool(f"http://127.0.0.1:{port}") as ours, pytest.raises(Lost) as problem:
        ours.request("POST", "/", octets=b"x")
    assert (problem.value.step, problem.value.hopeless, problem.value.may_be_taken) == (Step.CONNECT, True, False)


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.RESET, Fault.DRIP])
def test_a_request_that_was_whole_may_be_taken(fault: Fault) -> None:
    with (
        FakeSendGrid([fault]) as fake,
        pool(fake.url, Limits(connect=2, read=0.3, total=0.6)) as ours,
        pytest.raises(Lost) as problem,
    ):
        ours.request(
            "POST", "/v3/mail/send", {"Authorization": "Bearer x", "Content-Type": "application/json"}, b"{}"
        )
    assert problem.value.may_be_taken


def test_a_request_that_was_never_whole_is_not_taken() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pool(f"http://127.0.0.1:{listener.getsockname()[1]}", Limits(connect=2, read=0.3, total=0.3)) as ours,
        pytest.raises(Lost) as problem,
    ):
        ours.request("POST", "/", octets=b"x" * 20_000_000)
    assert (problem.value.step, problem.value.may_be_taken) == (Step.SEND, False)


def test_a_refusal_before_the_whole_was_read_is_heard() -> None:
    with FakeSendGrid() as fake, pool(fake.url) as ours:
        answer = ours.request("POST", "/v3/mail/send", {"Content-Type": "application/json"}, b"x" * 31_000_000)
    assert answer.status == 413


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000],
    ids=["empty", "half", "nonsense", "endless"],
)
def test_what_is_no_answer_is_none(answer: bytes) -> None:
    with says(answer) as host, pool(host) as ours, pytest.raises(Lost) as problem:
        ours.request("GET", "/")
    assert problem.value.may_be_taken


def test_a_status_counts_though_its_body_breaks_off() -> None:
    with says(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nx") as host, pool(host) as ours:
        assert ours.request("POST", "/", octets=b"{}").status == 202


def test_an_answer_that_does_not_end_is_cut() -> None:
    flood = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_ANSWER + 1)
    with says(flood) as host, pool(host) as ours:
        assert len(ours.request("GET", "/").octets) <= MAX_ANSWER


def test_the_official_client_builds_what_is_asked() -> None:
    with FakeSendGrid(key="SG.x") as fake, pool(fake.url) as ours:
        made = client("SG.x", fake.url, ours)
        first = made.client.suppression.bounces.get(query_params={"limit": 5, "offset": 0})
        assert (first.status_code, first.body) == (200, b"[]")
        made.client.mail.batch.post(request_headers={"X-Once": "1"})
        assert "X-Once" not in made.client.request_headers
        with pytest.raises(NotFoundError) as problem:
            made.client.nothing.here._("x").get()
        assert b"not found" in problem.value.body
        assert fake.connections == 1
