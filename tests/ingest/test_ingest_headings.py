# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

import pytest

from digest.ingest.headings import NONE, SURE, UNSURE, is_takeaway_heading, strength


@pytest.mark.parametrize(
    "text",
    ["Key Takeaways", "KEY TAKEAWAYS:", "🔑 Key takeaways", "Key takeaways for enterprise leaders", "Rate cut: key takeaways",
     "5 key takeaways", "The key points", "Story Highlights", "TL;DR", "TLDR:", "TL;DR for freelancers",
     "Das Wichtigste in Kürze", "Das Wichtigste in Kürze vorab", "Darum geht’s", "À retenir", "Puntos clave", "Punti chiave",
     "Kernpunten", "Pontos-chave", "Kort fortalt", "Ключевые тезисы", "この記事のポイント", "핵심 요약", "Takeaways by our desk"],
)  # fmt: skip
def test_sure_words(text: str) -> None:
    assert strength(text) == SURE


@pytest.mark.parametrize(
    "text",
    [
        "Summary",
        "Highlights",
        "At a glance",
        "Auf einen Blick",
        "Zusammenfassung",
        "L’essentiel",
        "要点",
        "Key facts",
    ],
)
def test_unsure_words(text: str) -> None:
    assert strength(text) == UNSURE


@pytest.mark.parametrize(
    "text",
    ["", "…", "Key events", "Key developments:", "Related coverage", "What to know about the election", "Highlights of the match",
     "A key takeaway from the night was that the council could not agree on anything at all", "Summary judgment", "x" * 500,
     "Keynote", "Most read"],
)  # fmt: skip
def test_other_words(text: str) -> None:
    assert strength(text) == NONE
    assert not is_takeaway_heading(text)
