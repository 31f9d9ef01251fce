"""Turn one edition for one segment into HTML and text, with slots where readers differ."""

from digest.render.context import Context, EditionView, PublicationView, SectionView, SegmentView, StoryView
from digest.render.folders import Folders
from digest.render.links import safe_url, tag
from digest.render.personal import Block, Personal, SectionBlocks, StoryBlock
from digest.render.pictures import permitted
from digest.render.rendering import render, render_personal
from digest.render.words import Words, direction_of, languages

__all__ = [
    "Block",
    "Context",
    "EditionView",
    "Folders",
    "Personal",
    "PublicationView",
    "SectionBlocks",
    "SectionView",
    "SegmentView",
    "StoryBlock",
    "StoryView",
    "Words",
    "direction_of",
    "languages",
    "permitted",
    "render",
    "render_personal",
    "safe_url",
    "tag",
]
