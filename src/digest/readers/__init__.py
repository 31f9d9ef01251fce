"""What readers tell us about themselves: addresses, names, and files of subscribers in and out."""

from digest.readers.address import Address, BadAddress, normalise
from digest.readers.columns import attribute_name
from digest.readers.export_csv import write
from digest.readers.import_csv import Surveyed, read, survey
from digest.readers.names import clean
from digest.readers.row import Row, RowError, RowSubscription

__all__ = [
    "Address",
    "BadAddress",
    "Row",
    "RowError",
    "RowSubscription",
    "Surveyed",
    "attribute_name",
    "clean",
    "normalise",
    "read",
    "survey",
    "write",
]
