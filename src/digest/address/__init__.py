"""From a rendered variant and a recipient to a message: slots, MIME and headers, without I/O."""

from digest.address.letterhead import Letterhead, enclosed, letterhead
from digest.address.mailbox import AddressError, Mailbox, parse_mailbox, wire_address
from digest.address.message import address
from digest.address.values import OPENED, RecipientLinks
from digest.address.variant import Block, Encoded, encode, encode_block, with_blocks

__all__ = [
    "OPENED",
    "AddressError",
    "Block",
    "Encoded",
    "Letterhead",
    "Mailbox",
    "RecipientLinks",
    "address",
    "enclosed",
    "encode",
    "encode_block",
    "letterhead",
    "parse_mailbox",
    "with_blocks",
    "wire_address",
]
