"""What is said of a letter to a server before its text, and which letters a server cannot be given at all."""

from __future__ import annotations

from digest.models.mail import Delivery, State
from digest.send.smtp_greeting import Offers
from digest.send.smtp_letter import Letter


def envelope(letter: Letter, offers: Offers) -> tuple[str, str]:
    """MAIL and RCPT for a letter, without line ends (RFC 5321; SIZE: RFC 1870; SMTPUTF8: RFC 6531)."""
    said = f" SIZE={letter.size}" if offers.says_size else ""
    if offers.eight_bit and not letter.seven_bit:
        said += " BODY=8BITMIME"
    if not letter.to.isascii():
        said += " SMTPUTF8"
    return f"MAIL FROM:<{letter.sender}>{said}", f"RCPT TO:<{letter.to}>"


def impossible(letter: Letter, offers: Offers) -> Delivery | None:
    """A rejection when this server can never take the letter; nothing is said to it then."""
    if offers.max_size and letter.size > offers.max_size:
        reason = f"too large: {letter.size:,} octets, the mail server takes {offers.max_size:,}"
        return Delivery(letter.id, State.REJECTED, reason)
    if not offers.utf8 and not letter.to.isascii():
        reason = "not possible: the mail server cannot take addresses outside ASCII (SMTPUTF8)"
        return Delivery(letter.id, State.REJECTED, reason)
    return None
