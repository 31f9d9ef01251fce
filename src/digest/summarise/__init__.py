"""The words about one story in an edition: from its own takeaways first, and never anything it does not say."""

from digest.summarise.reading import count_words, reading_minutes
from digest.summarise.takeaways import as_prose, summarise

__all__ = ["summarise", "as_prose", "count_words", "reading_minutes"]
