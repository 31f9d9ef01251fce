"""What a sentence is worth."""

from __future__ import annotations

from digest.summarise.sentences import spans
from digest.summarise.worth import quoted, weigh


def test_the_first_sentence_and_what_the_text_is_about_are_worth_most() -> None:
    text = (
        "The harbour bridge closes in May. Rain fell. The harbour bridge is old and the harbour needs a bridge. "
        "My aunt likes tea."
    )

    topic = weigh(text, spans(text, "en"), "en")

    first, rain, bridge, aunt = topic.worth
    assert first > bridge > aunt
    assert first > rain
    assert topic.weights["bridge"] > topic.weights["aunt"]


def test_a_sentence_of_function_words_is_worth_nothing() -> None:
    text = "It is what it is. The harbour closes."

    assert weigh(text, spans(text, "en"), "en").worth[0] == 0


def test_half_a_quotation_is_worth_less_than_a_whole_one_and_that_less_than_none() -> None:
    none, whole, half = (quoted(0.2, text) for text in ("He won.", 'He "won" it.', '"He won it.'))

    assert none > whole > half
