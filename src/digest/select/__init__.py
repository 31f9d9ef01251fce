"""Select chooses what a good editor would choose from the stored stories, and says why."""

from digest.select.bounds import updates
from digest.select.choose import Slot, choose
from digest.select.entry import EditorsHand, Entry, Pooled, Sent
from digest.select.explain import explain
from digest.select.personal import Shelves, arrange, pick, shelve
from digest.select.pool import pool
from digest.select.subject import preheader, subject

__all__ = [
    "pool",
    "Pooled",
    "Entry",
    "choose",
    "EditorsHand",
    "Sent",
    "Slot",
    "explain",
    "subject",
    "preheader",
    "shelve",
    "Shelves",
    "pick",
    "arrange",
    "updates",
]
