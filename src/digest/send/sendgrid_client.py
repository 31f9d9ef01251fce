"""The official client over our own connections.

The package builds the addresses, the header fields and the answers; only the step that carries a request is ours.
As it comes, it opens a connection for every request, waits for ever, and writes every body into a log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from python_http_client.client import Client, Response
from python_http_client.exceptions import HTTPError, err_dict
from sendgrid import SendGridAPIClient

from digest.send.sendgrid_transport import Pool


def client(key: str, host: str, pool: Pool) -> SendGridAPIClient:
    """The official client for this key and host (`https://NAME`, no slash behind it), with its requests carried by
    `pool`. Beside the package's own errors its calls raise `Lost`; a body in octets goes as it is."""
    made = SendGridAPIClient(key, host=host)
    made.client = _Carried(pool, host=host, request_headers=made._default_headers, version=3)
    return made


class _Carried(Client):  # type: ignore[misc]
    """The package's client, which asks for the same things in another way."""

    def __init__(self, pool: Pool, **given: Any) -> None:
        super().__init__(**given)
        self._pool = pool

    def _build_client(self, name: str | None = None) -> _Carried:
        return _Carried(
            self._pool,
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            append_slash=self.append_slash,
            timeout=self.timeout,
        )

    def __getattr__(self, name: str) -> Any:
        if name in self.methods:
            return partial(self._carry, name.upper())
        found: Callable[..., Any] = super().__getattr__(name)
        return found

    def _carry(
        self,
        method: str,
        request_body: Any = None,
        query_params: Mapping[str, Any] | None = None,
        request_headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Response:
        headers = {**self.request_headers, **(request_headers or {})}
        octets: bytes | None = None
        if request_body is not None:
            headers["Content-Type"] = "application/json"
            octets = request_body if isinstance(request_body, bytes) else json.dumps(request_body).encode()
        target = self._build_url(query_params).removeprefix(self.host)
        answer = self._pool.request(method, target, headers, octets)
        if not 200 <= answer.status < 300:
            kind = err_dict.get(answer.status, HTTPError)
            raise kind(answer.status, answer.reason, answer.octets, answer.headers)
        return Response(answer)
