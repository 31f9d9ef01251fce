"""Turn one edition for one segment into HTML and text, with slots where readers differ."""

from digest.render.context import Context, EditionView, PublicationView, SectionView, SegmentView, StoryView
from digest.render.links import safe_url, tag
from digest.render.rendering import render
from digest.render.words import Words, direction_of, languages

__all__ = [
    "Context",
    "EditionView",
    "PublicationView",
    "SectionView",
    "SegmentView",
    "StoryView",
    "Words",
    "direction_of",
    "languages",
    "render",
    "safe_url",
    "tag",
]
