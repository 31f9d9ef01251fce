"""What a fake SendGrid may do with a request instead of answering it well."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What one request meets. Those that begin with `accept` take it first."""

    NONE = "none"
    BAD_KEY = "bad-key"
    FORBIDDEN = "forbidden"
    BAD_REQUEST = "bad-request"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    SERVER_ERROR = "server-error"
    BAD_GATEWAY = "bad-gateway"
    UNAVAILABLE = "unavailable"
    HANG = "hang"
    RESET = "reset"
    DRIP = "drip"
    ACCEPT_THEN_ERROR = "accept-then-error"
    ACCEPT_THEN_HANG = "accept-then-hang"
    ACCEPT_THEN_RESET = "accept-then-reset"

    @property
    def accepts(self) -> bool:
        """Whether the request is taken all the same."""
        return self is Fault.NONE or self.value.startswith("accept")


ANSWERS: Mapping[Fault, tuple[int, str]] = {
    Fault.BAD_KEY: (401, "The provided authorization grant is invalid, expired, or revoked"),
    Fault.FORBIDDEN: (403, "The from address does not match a verified Sender Identity."),
    Fault.BAD_REQUEST: (400, "Bad Request"),
    Fault.TOO_LARGE: (413, "Payload too large"),
    Fault.TOO_MANY: (429, "too many requests"),
    Fault.SERVER_ERROR: (500, "Internal Server Error"),
    Fault.BAD_GATEWAY: (502, "Bad Gateway"),
    Fault.UNAVAILABLE: (503, "Service Unavailable"),
    Fault.ACCEPT_THEN_ERROR: (503, "Service Unavailable"),
}
