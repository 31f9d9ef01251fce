"""Which language a text is in, as far as its function words tell."""

from __future__ import annotations

import pytest

from digest.summarise.grammar import known_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The council has approved a plan for the river", "en"),
        ("Der Rat hat einen Plan für den Fluss gebilligt", "de"),
        ("Le conseil a approuvé un plan pour la rivière", "fr"),
        ("El consejo ha aprobado un plan para el río", "es"),
        ("O conselho aprovou um plano para o rio e não disse mais", "pt"),
        ("परिषद ने नदी के लिए योजना को मंजूरी दी है", "hi"),
        ("12345", ""),
    ],
)
def test_a_text_without_a_tag_is_known_by_its_function_words(text: str, code: str) -> None:
    assert known_language(None, text) == code


def test_a_tag_goes_before_the_words() -> None:
    assert known_language("pt_BR", "The council has approved a plan") == "pt"
    assert known_language("nl", "") == "nl"
