import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from digest.send.fake_sendgrid import FakeSendGrid


def body(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "personalizations": [{"to": [{"email": "ann@mail.example"}]}],
        "from": {"email": "hello@news.example"},
        "subject": "s",
        "content": [{"type": "text/plain", "value": "hi -n-"}],
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def person(**changes: Any) -> dict[str, Any]:
    return {"personalizations": [{"to": [{"email": "ann@mail.example"}], **changes}]}


def post(
    fake: FakeSendGrid, octets: bytes, path: str = "/v3/mail/send", **headers: str
) -> tuple[int, dict[str, Any]]:
    sent = {"Authorization": "Bearer SG.x", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(fake.url + path, octets, sent)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, {}
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.loads(problem.read())


def test_substitutions_are_made_in_each_part_of_a_mail() -> None:
    with FakeSendGrid() as fake:
        given = body(**person(substitutions={"-n-": "Ann"}, headers={"X-A": "b"}), subject="for -n-")
        assert post(fake, json.dumps(given).encode())[0] == 202
        [got] = fake.got("ann@mail.example")
    assert (got.subject, got.text, got.headers) == ("for Ann", "hi Ann", {"X-A": "b"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"personalizations": None}, "personalizations"),
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": ["x"]}, "personalizations.0"),
        ({"personalizations": [{"to": [{"email": f"a{n}@b.example"}]} for n in range(1001)]}, "personalizations"),
        (person(to=[{"email": f"a{n}@b.example"} for n in range(1001)]), "personalizations"),
        (person(to=[]), "personalizations.0.to"),
        (person(to=[{"email": "nobody"}]), "personalizations.0.to.0.email"),
        (person(to=[{"email": "ann@mail.example", "name": "Lee, Ann"}]), "personalizations.0.to.0.name"),
        (person(cc=[{"email": "ANN@mail.example"}]), "personalizations.0"),
        (person(substitutions={"-n-": 7}), "personalizations.0.substitutions"),
        (person(substitutions={"-n-": "x" * 10_000}), "personalizations.0.substitutions"),
        (person(custom_args={"a": "x" * 10_000}), "personalizations.0.custom_args"),
        (person(headers={"Subject": "x"}), "personalizations.0.headers.Subject"),
        (person(headers={"X-A": "é"}), "personalizations.0.headers.X-A"),
        ({"headers": {"x-sg-id": "x"}}, "headers.x-sg-id"),
        ({"headers": {"X-A": 1}}, "headers"),
        ({"from": None}, "from.email"),
        ({"from": {"email": "hello"}}, "from.email"),
        ({"reply_to": {"email": ""}}, "reply_to.email"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"content": [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]}, "content"),
        ({"categories": [str(n) for n in range(11)]}, "categories"),
        ({"categories": ["a", "a"]}, "categories"),
        ({"categories": ["a" * 256]}, "categories"),
        ({"asm": {"group_id": "7"}}, "asm.group_id"),
        ({"ip_pool_name": "x"}, "ip_pool_name"),
        ({"colour": "red"}, "colour"),
        (person(colour="red"), "personalizations.0.colour"),
        ({"tracking_settings": {"open_tracking": {"enable": "no"}}}, "tracking_settings.open_tracking.enable"),
        ({"asm": {"group_id": 1, "groups_to_display": "1"}}, "asm.groups_to_display"),
        ({"send_at": 2**40}, "send_at"),
        ({"send_at": 1.5}, "send_at"),
        (person(send_at=2**40), "personalizations.0.send_at"),
        ({"batch_id": "never made"}, "batch_id"),
    ],
)
def test_what_sendgrid_documents_is_checked(changes: dict[str, Any], field: str) -> None:
    with FakeSendGrid() as fake:
        status, answer = post(fake, json.dumps(body(**changes)).encode())
    assert status == 400
    assert field in [error["field"] for error in answer["errors"]]
    assert fake.mails == {}


def test_requests_that_are_none() -> None:
    good = json.dumps(body()).encode()
    with FakeSendGrid(key="SG.right") as fake:
        assert post(fake, good)[0] == 401
        assert post(fake, good, Authorization="Basic SG.right")[0] == 401
        assert post(fake, good, path="/v3/mail", Authorization="Bearer SG.right")[0] == 404
        assert post(fake, b"{", Authorization="Bearer SG.right")[0] == 400
        assert post(fake, b"[]", Authorization="Bearer SG.right")[0] == 400
        assert post(fake, good, **{"Authorization": "Bearer SG.right", "Content-Type": "text/plain"})[0] == 415
        assert fake.mails == {}
        assert post(fake, good, Authorization="Bearer SG.right")[0] == 202
