"""The public archive: every edition as a page of the web, with lists, feeds and a sitemap. Without I/O."""

from digest.archive.feeds import atom, rss
from digest.archive.issue import Correction, Entry, Issue, Paper, Part, Piece, TopicEntry
from digest.archive.pages import gone_page, issue_page, list_page, sheet, topic_page
from digest.archive.places import Places
from digest.archive.sitemap import sitemap

__all__ = [
    "Correction",
    "Entry",
    "Issue",
    "Paper",
    "Part",
    "Piece",
    "Places",
    "TopicEntry",
    "atom",
    "gone_page",
    "issue_page",
    "list_page",
    "rss",
    "sheet",
    "sitemap",
    "topic_page",
]
