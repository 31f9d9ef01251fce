"""The words that publishers put above a story's own takeaways, in some twenty languages, and how much each proves.

Sure words say little else ("Key Takeaways"); unsure ones ("Summary", "Highlights", "Auf einen Blick") also stand above
menus and rails, so that place and content must agree with them.
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
tl;dr; tldr; tl dr; too long didn't read; the short version; quick read; quick take; quick facts; key facts; fast facts
five key points; things to know; key things to know; what you need to know; what you should know; need to know
article at a glance; story at a glance; points to remember; important points; key details; key ideas; the key points
the essentials in brief; in a nutshell; the gist; highlights of this article; highlights of the article; the highlights
das wichtigste in kürze; das wichtigste; das wichtigste vorab; das wichtigste auf einen blick; darum geht's
darum gehts; darum geht es; das wichtigste zusammengefasst; die wichtigsten punkte; die wichtigsten fakten
die wichtigsten erkenntnisse; die wichtigsten infos; die wichtigsten informationen; wichtigste erkenntnisse
wichtigste punkte; kernaussagen; kernpunkte; kurz zusammengefasst; kurz und knapp; kurz & knapp; kurzfassung
kurz gesagt; das steckt dahinter; kurz erklärt; das müssen sie wissen; das musst du wissen; artikel zusammenfassung
in aller kürze; das wichtigste zum thema; key learnings
l'essentiel; l'essentiel de l'article; l'essentiel en bref; à retenir; ce qu'il faut retenir; ce qu'il faut savoir
les points clés; points clés; points essentiels; les points à retenir; les infos clés; l'info en bref; les faits saillants
faits saillants; pour résumer; en quelques mots; à savoir; les points essentiels
puntos clave; los puntos clave; las claves; claves de la noticia; lo más importante; lo esencial; lo que debes saber
ideas clave; datos clave; aspectos clave; lo más destacado; puntos principales; conclusiones clave; las claves de la noticia
en pocas palabras; resumen de la noticia; resumen del artículo
in sintesi; punti chiave; i punti chiave; i punti principali; in pillole; in breve sintesi; cosa sapere
le cose da sapere; i punti salienti; gli elementi chiave
kernpunten; de kernpunten; het belangrijkste; belangrijkste punten; de belangrijkste punten; in het kort; kort samengevat
pontos-chave; pontos chave; os pontos-chave; principais pontos; os principais pontos; pontos principais; o essencial
principais conclusões; o que precisa de saber; o que você precisa saber; destaques da notícia; resumo da notícia
kort fortalt; kort oppsummert; kortversjonen; hovedpunkter; hovedpunktene; det vigtigste; det viktigste
saken oppsummert; saken kort oppsummert; sagen kort; kort sagt; hovedpointer; vigtigste pointer; det handler saken om
i korthet; kort om; huvudpunkter; viktigaste punkterna; det viktigaste; kort sammanfattat; artikeln i korthet
tärkeimmät kohdat; jutun ydin; lyhyesti; pääkohdat; artikkelin ydin
najważniejsze informacje; najważniejsze punkty; w skrócie; kluczowe informacje; kluczowe wnioski; w pigułce
klíčové body; hlavní body; to nejdůležitější; v kostce; stručně; kulcspontok; a lényeg; fő pontok; puncte cheie
pe scurt; esențialul; ключові тези; головне; коротко про головне; ключевые тезисы; главное; главное за минуту
основные тезисы; ключевые моменты; краткое содержание; öne çıkanlar; önemli noktalar; özetle; kısaca
τα βασικά σημεία; με λίγα λόγια; मुख्य बातें; मुख्य बिंदु; poin penting; poin-poin penting; intinya sih
điểm chính; những điểm chính; tóm tắt nhanh; nội dung chính; النقاط الرئيسية; أبرز النقاط; الخلاصة; נקודות עיקריות
要点; 記事の要点; この記事のポイント; 記事のポイント; 3行まとめ; 三行まとめ; ポイント; この記事の要点; 要約; 核心提示; 内容提要; 要点速览
重點; 重點整理; 重点; 本文要点; 文章摘要; 摘要; 太長不看; 핵심 요약; 요약; 핵심 포인트; 주요 내용; 한줄 요약; 세줄 요약; 3줄 요약; 기사 요약; 핵심요약
"""
_UNSURE = """
summary; highlights; in brief; at a glance; in short; the bottom line; bottom line; overview in brief; essentials; topline
what to know; what we know; key notes; the facts; recap; briefly; the big points; in summary; to sum up; the key; brief
synopsis; short summary; key information; key info; quick overview; snapshot; article overview
auf einen blick; in kürze; zusammenfassung; fazit vorab; überblick; kompakt; im überblick; kurz & kompakt; highlights
en bref; en résumé; résumé; en un coup d'œil; l'essentiel en un coup d'œil; claves; en resumen; en breve; resumen; destacados
in breve; riassunto; sommario; sintesi; samenvatting; samengevat; resumo; em resumo; destaques; em síntese; sammendrag
oppsummering; oppsummert; fakta; sammanfattning; sammanfattningsvis; resumé; yhteenveto; tiivistelmä; podsumowanie
streszczenie; shrnutí; souhrn; összefoglaló; összefoglalás; rezumat; підсумок; коротко; кратко; вкратце; резюме; özet
σύνοψη; περίληψη; सारांश; संक्षेप में; ringkasan; tóm tắt; ملخص; תקציר; まとめ; 概要; 摘要速览; 重点速览; 정리
"""
_TAIL = re.compile(
    r"\s(?:for|from|of|about|on|to know|to remember|in this|at a glance|today|und|vorab|zum|zur|für|aus|de|du|des|sur|pour|"
    r"del|sobre|para|da|do|su|per|van|voor|om|i|av|–|-|—|:|&|and|in)(?:\s|$)"
)
_FRONT = re.compile(
    r"^(?:\d{1,2}|the|our|my|some|article|story|quick|ai|five|three|four|six|post|blog|page|main|die|les|los|las|le|i|de|"
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
_LONG_SURE = tuple(sorted((p for p in _SURE_PHRASES if len(p) > 4), key=lambda p: (-len(p), p)))


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
    for phrase in _LONG_SURE:
        if normal.startswith(phrase) and (_TAIL.match(normal[len(phrase) :]) or normal[len(phrase)] in ":-–—("):
            return True
        if normal.endswith(phrase) and normal[: -len(phrase)].rstrip().endswith((":", "–", "-", "—", "|")):
            return True
    return False


def is_takeaway_heading(text: str) -> bool:
    """Whether `text` is, word for word or nearly, a heading that publishers put above takeaways."""
    return strength(text) != NONE
