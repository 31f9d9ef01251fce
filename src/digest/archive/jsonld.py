"""An edition as schema.org NewsArticle (https://schema.org/NewsArticle), for search engines."""

from __future__ import annotations

import json
from typing import Any

from digest.archive import places as at
from digest.archive.issue import Issue, Paper
from digest.archive.places import Places


def news_article(paper: Paper, places: Places, issue: Issue) -> str:
    """JSON that may stand in a `script` element: what could end the element is escaped."""
    url = places.full(at.issue(issue.entry.id))
    publisher = {"@type": "NewsMediaOrganization", "name": paper.name, "url": paper.home}
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": issue.entry.title,
        "description": issue.description,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": issue.entry.sent.isoformat(timespec="seconds"),
        "dateModified": issue.entry.changed.isoformat(timespec="seconds"),
        "inLanguage": paper.language,
        "isAccessibleForFree": True,
        "author": publisher,
        "publisher": publisher,
        "mentions": [
            {"@type": "NewsArticle", "headline": piece.headline, "url": piece.url}
            for piece in issue.pieces
            if piece.url
        ],
    }
    if issue.image:
        found["image"] = [issue.image.url]
    if issue.entry.corrections:
        found["correction"] = [one.text for one in issue.entry.corrections]
    text = json.dumps(found, ensure_ascii=False, sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
