"""Where sentences end, in the languages we know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.sentences import sentences, spans

# Sentences are divided by " | "; the text is what is left without it.
CASES = {
    "en": [
        "The deal is done. | It took a year. | Nobody objected!",
        "Mr. Hale met Dr. Osei at 5 p.m. Monday. | They talked.",
        "The U.S. President left the U.S. | The visit was short.",
        "She paid $3.5 million for 1.25 acres. | He paid less.",
        "J. K. Marlow and George W. Dunn wrote it. | Critics liked it.",
        "It was No. 5 on the list. | He said no. | She agreed.",
        '"We won," he said. | "We will win again." | Then he left.',
        '"Are you sure?" Hale asked. | Nobody was.',
        "Yahoo! said so. | What now?! | Nothing.",
        "Wait… what? | She left... | And came back.",
        "(See fig. 3.) | Then read on.",
        "He works for Acme Inc. | The firm is small.",
        "Acme Inc. Chairman Lee spoke. | He was brief.",
        "He was ill. | Marlow took over.",
        "She moved to Springfield, Ill. | The town is small.",
        "Gov. Reyes, Sen. Park and Lt. Col. Brandt came. | All spoke.",
        "Parma finished last in Serie A. | “Look at us,” he said.",
        "The phone is new. | iPhone sales rose.",
        "He can't. | Neither can she.",
        "The Ph.D. thesis is out. | It's long.",
    ],
    "de": [
        "Am 3. Oktober feiert man z. B. in Berlin. | Das ist so.",
        "Das war im 19. Jahrhundert. | Danach kam das 20. Jahrhundert.",
        "Er wurde 30. | Danach ging er.",
        "Dr. Müller wohnt in Nr. 5. | Er ist alt.",
        "Er sagte: „Nein.“ | Sie ging.",
        "Der 1. FC Adler siegte, d. h. er führt. | Die Liga staunt.",
        "Die Partei usw. verlor. | Die anderen gewannen am 12.10.2023. | Und nun?",
        "Ludwig XIV. war König. | Er baute viel.",
        "Es kostet 3,5 Mio. Euro. | Das ist viel.",
        "Ist das wahr? | Ja!",
    ],
    "fr": [
        "M. Dupont est arrivé. | Mme Roche aussi.",
        "M. Le Goff parle. | Il est bref.",
        "« Vraiment ? » a-t-il demandé. | Elle a souri.",
        "Il a dit : « Non. » | Elle part.",
        "Il est né au Ier siècle av. J.-C. en Grèce. | On l'oublia.",
        "Cela coûte 3,5 millions d'euros. | C'est cher.",
    ],
    "es": [
        "El Sr. García llegó. | ¿Qué pasó? | ¡Nada!",
        "La firma de EE. UU. llegó ayer. | Todos callan.",
        "La Dra. Ruiz vive en la Av. Central. | Trabaja mucho.",
        "Son 3.500 personas. | Hay más.",
    ],
    "pt": [
        "O Sr. Silva chegou. | A Dra. Souza saiu.",
        "O n.º 5 venceu. | Custou R$ 3,5 milhões.",
        "Ele disse: “Não.” | Ela saiu.",
    ],
    "hi": [
        "डॉ. सिंह आए। | उन्होंने भाषण दिया।",
        "उन्होंने कहा कि बी.जे.पी. ने जीता। | क्या हुआ? | कुछ नहीं।",
        "यह पहला है॥ | यह दूसरा है।",
    ],
}


@pytest.mark.parametrize(("language", "marked"), [(code, case) for code, cases in CASES.items() for case in cases])
def test_sentences_end_where_a_reader_would_say(language: str, marked: str) -> None:
    expected = marked.split(" | ")

    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize(("language", "marked"), [(code, case) for code, cases in CASES.items() for case in cases])
def test_a_region_in_the_tag_changes_nothing(language: str, marked: str) -> None:
    text = marked.replace(" | ", " ")

    assert sentences(text, f"{language}-XX") == sentences(text, language)


def test_chinese_and_japanese_stops_need_no_space() -> None:
    assert sentences("他说：“好。”然后走了。真的吗？是的！", "zh") == [
        "他说：“好。”",
        "然后走了。",
        "真的吗？",
        "是的！",
    ]


def test_a_blank_line_ends_a_sentence_and_a_single_line_break_does_not() -> None:
    assert sentences("A heading\n \nThe text\ngoes on. End", None) == ["A heading", "The text\ngoes on.", "End"]


def test_the_language_is_guessed_from_the_words_when_none_is_given() -> None:
    text = "Der Rat tagt am 3. Oktober in Bonn. Die Bürger sind nicht dabei."

    assert sentences(text, None) == ["Der Rat tagt am 3. Oktober in Bonn.", "Die Bürger sind nicht dabei."]


@given(st.text(), st.sampled_from(["en", "de", "fr", "es", "pt", "hi", "zh", "xx", None]))
def test_sentences_are_exact_pieces_and_lose_only_space(text: str, language: str | None) -> None:
    found = spans(text, language)

    end = 0
    for begin, stop in found:
        assert end <= begin < stop <= len(text)
        assert not text[end:begin].strip()
        assert text[begin:stop] == text[begin:stop].strip()
        end = stop
    assert not text[end:].strip()


@pytest.mark.parametrize(
    "text",
    [
        "." * 200_000 + "x",
        '."' * 100_000,
        "Mr.\n" * 50_000,
        "\n " * 100_000,
        ". " * 100_000,
        "。" * 100_000,
        '"' * 200_000,
    ],
    ids=["dots", "quotes", "titles", "blanks", "stops", "wide", "marks"],
)
def test_hostile_runs_are_read_in_linear_time(text: str) -> None:
    assert "".join(sentences(text, "en")).count(".") == text.count(".")
