"""The words that publishers put above a story's own takeaways, in some twenty languages, and how much each proves.

Sure words say little else ("Key Takeaways")
unsure ones ("Summary", "Highlights", "Auf einen Blick") also stand above
rails, so that place and content must agree with them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NONE, UNSURE, SURE = 0, 1, 2

_SURE = """
key takeaways; key takeaway; takeaways; main takeaways; quick takeaways; top takeaways; big takeaways; the takeaway
key points; key point; main points; keypoints; key insights; key highlights; key findings; key messages; key learnings
story highlights; article highlights; report highlights; quick summary; article summary; story summary; ai summary
summary of key points; at a glance summary; executive summary; bullet points summary; summary in bullet points
tl;dr; tldr; tl dr; too long didn't read; the short version; quick read; quick take; five key points
points to remember
article at a glance; story at a glance; key things to know; in a nutshell; highlights of this article
highlights of the article; what this article covers; ai-generated summary; ai generated summary; summary by ai
ai overview; ai snapshot
snapshot ai; key points summary; summary of the article; the story in brief; story in brief; the news in brief
das wichtigste in kürze; das wichtigste vorab; das wichtigste auf einen blick; darum geht's; darum gehts
darum geht es
das wichtigste zusammengefasst; die wichtigsten punkte; die wichtigsten fakten; die wichtigsten erkenntnisse
die wichtigsten infos; die wichtigsten informationen; wichtigste erkenntnisse; wichtigste punkte; kernaussagen
kernpunkte; kurz zusammengefasst; kurz und knapp; kurz & knapp; kurzfassung; in aller kürze; artikel zusammenfassung
das wichtigste zum thema; das wichtigste aus dem artikel; der artikel in kürze; der beitrag in kürze
l'essentiel de l'article; l'essentiel en bref; à retenir; ce qu'il faut retenir; les points clés; points clés
points essentiels; les points à retenir; les points essentiels; les faits saillants; faits saillants
l'article en bref
puntos clave; los puntos clave; las claves; claves de la noticia; las claves de la noticia; ideas clave
aspectos clave
conclusiones clave; puntos principales; resumen de la noticia; resumen del artículo; la noticia en claves
punti chiave; i punti chiave; i punti principali; i punti salienti; gli elementi chiave; in breve sintesi
kernpunten; de kernpunten; belangrijkste punten; de belangrijkste punten; in het kort; kort samengevat
pontos-chave; pontos chave; os pontos-chave; principais pontos; os principais pontos; pontos principais
principais conclusões; destaques da notícia; resumo da notícia; resumo do artigo
kortversionen; snabbversionen; kort fortalt; kort oppsummert; kortversjonen; hovedpunkter; hovedpunktene
saken oppsummert; saken kort oppsummert
sagen kort; hovedpointer; vigtigste pointer; huvudpunkter; viktigaste punkterna; kort sammanfattat; artikeln i korthet
tärkeimmät kohdat; jutun ydin; pääkohdat; artikkelin ydin; najważniejsze punkty; kluczowe wnioski; klíčové body
hlavní body; v kostce; kulcspontok; fő pontok; puncte cheie; ключові тези; коротко про головне; ключевые тезисы
главное за минуту; основные тезисы; ключевые моменты; краткое содержание; öne çıkanlar; önemli noktalar
τα βασικά σημεία; मुख्य बातें; मुख्य बिंदु; poin penting; poin-poin penting; điểm chính; những điểm chính
tóm tắt nhanh
النقاط الرئيسية; أبرز النقاط; נקודות עיקריות; 記事の要点; この記事のポイント; 記事のポイント; 3行まとめ; 三行まとめ
この記事の要点; 核心提示; 内容提要; 要点速览; 重點整理; 本文要点
文章摘要; 太長不看; 핵심 요약; 핵심 포인트; 한줄 요약; 세줄 요약; 3줄 요약; 기사 요약; 핵심요약
"""
_UNSURE = """
summary; highlights; the highlights; in brief; at a glance; in short; the bottom line; bottom line; overview in brief
essentials; topline; what to know; what we know; key notes; the facts; recap; briefly; the big points; in summary
to sum up; synopsis; short summary; key information; key info; quick overview; snapshot; article overview; key details
quick facts; key facts; fast facts; things to know; what you need to know; what you should know; need to know
the gist
important points; key ideas; the essentials; the essentials in brief; why it matters; what happened; need-to-know
what we're covering; what we are covering; need to know now
auf einen blick; in kürze; zusammenfassung; fazit vorab; überblick; kompakt; im überblick; kurz & kompakt; kurz gesagt
das wichtigste; das steckt dahinter; kurz erklärt; das müssen sie wissen; das musst du wissen; stichpunkte
l'essentiel; en bref; en résumé; résumé; en un coup d'œil; l'essentiel en un coup d'œil; ce qu'il faut savoir
à savoir
les infos clés; l'info en bref; pour résumer; en quelques mots; claves; en resumen; en breve; resumen; destacados
lo más importante; lo esencial; lo que debes saber; datos clave; lo más destacado; en pocas palabras; en claves
in breve; riassunto; sommario; sintesi; in sintesi; in pillole; cosa sapere; le cose da sapere; samenvatting
samengevat
het belangrijkste; resumo; em resumo; destaques; em síntese; o essencial; o que precisa de saber
o que você precisa saber
sammendrag; oppsummering; oppsummert; fakta; det vigtigste; det viktigste; kort sagt; det handler saken om; i korthet
kort om; det viktigaste; sammanfattning; sammanfattningsvis; resumé; yhteenveto; tiivistelmä; lyhyesti; podsumowanie
najważniejsze informacje; w skrócie; kluczowe informacje; w pigułce; streszczenie; to nejdůležitější; stručně; shrnutí
souhrn; a lényeg; összefoglaló; összefoglalás; pe scurt; esențialul; rezumat; головне; підсумок; главное; коротко
кратко; вкратце; резюме; özetle; kısaca; özet; με λίγα λόγια; σύνοψη; περίληψη; सारांश; संक्षेप में; intinya
ringkasan; tóm tắt; nội dung chính; الخلاصة; ملخص; תקציר; 要点; ポイント; 要約; まとめ; 概要; 摘要; 摘要速览; 重点速览
重點; 重点; 요약; 주요 내용; 정리
"""
_TAIL = re.compile(
    r"\s(?:for|from|of|by|about|on|to know|to remember|in this|at a glance|today|und|vorab|zum|zur|für|aus|de|du|des|"
    r"sur|pour|"
    r"del|sobre|para|da|do|su|per|van|voor|om|i|av|–|-|—|:|&|and|in)(?:\s|$)"
)
_FRONT = re.compile(
    r"^(?:\d{1,2}|the|our|my|some|article|story|quick|ai|five|three|four|six|post|blog|page|main|die|les|los|las|"
    r"le|i|de|"
    r"os|unsere|nos)\s"
)
_LONGEST_WORDS, LONGEST = 10, 90


def _normal(text: str) -> str:
    """Case folded, typographic apostrophes plain, and without symbols, emoji and punctuation at either end."""
    text = unicodedata.normalize("NFKC", text[:200]).casefold().replace("’", "'").replace("‘", "'").replace("´", "'")
    text = " ".join(text.split())
    start, end = 0, len(text)
    while start < end and unicodedata.category(text[start])[0] not in "LNM":
        start += 1
    while end > start and unicodedata.category(text[end - 1])[0] not in "LNM":
        end -= 1
    return text[start:end]


def _phrases(text: str) -> frozenset[str]:
    # "ß" and dotted capitals fold differently from how they are written, so the lexicon goes through the same gate
    return frozenset(_normal(phrase) for line in text.split("\n") for phrase in line.split("; ") if phrase.strip())


_SURE_PHRASES = _phrases(_SURE) | {"tl;dr"}
_UNSURE_PHRASES = _phrases(_UNSURE) - _SURE_PHRASES
_ANY_SURE = "|".join(map(re.escape, sorted((p for p in _SURE_PHRASES if len(p) > 4), key=lambda p: (-len(p), p))))
_STARTS = re.compile(rf"(?:{_ANY_SURE})(?={_TAIL.pattern}|[:\-–—(])")
_ENDS = re.compile(rf"[:–—|-]\s*(?:{_ANY_SURE})$")


@lru_cache(maxsize=4096)
def strength(text: str) -> int:
    """How much `text`, as a heading, says that takeaways follow: `NONE`, `UNSURE` or `SURE`."""
    if not text or len(text) > LONGEST:
        return NONE
    normal = _normal(text)
    if not normal or len(normal.split()) > _LONGEST_WORDS:
        return NONE
    if normal in _SURE_PHRASES:
        return SURE
    bare = _FRONT.sub("", normal)
    if bare in _SURE_PHRASES:
        return SURE
    if normal in _UNSURE_PHRASES or bare in _UNSURE_PHRASES:
        return UNSURE
    return SURE if _extended(bare) else NONE


def _extended(normal: str) -> bool:
    """Whether the words begin with a sure phrase that goes on ("key takeaways for leaders"), or end with one after a
    colon ("Rate cut: key takeaways")."""
    return bool(_STARTS.match(normal) or _ENDS.search(normal))


def is_takeaway_heading(text: str) -> bool:
    """Whether `text` is, word for word or nearly, a heading that publishers put above takeaways."""
    return strength(text) != NONE
