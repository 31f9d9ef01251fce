"""The words about one story in an edition: from its own takeaways first, and never anything it does not say."""

from digest.summarise.faithful import gate, unsupported
from digest.summarise.reading import count_words, reading_minutes
from digest.summarise.sentences import sentences
from digest.summarise.summariser import Summariser, open_summariser
from digest.summarise.takeaways import as_prose, summarise

__all__ = [
    "summarise",
    "as_prose",
    "unsupported",
    "gate",
    "sentences",
    "count_words",
    "reading_minutes",
    "Summariser",
    "open_summariser",
]
