"""The words over rails, the columns of other stories beside and below a story; and lines that are no words at all."""

from __future__ import annotations

import re

from digest.ingest.prose import folded

_RAIL = re.compile(
    r"(?:the |our )?(?:"
    r"latest(?: (?:news|stories|articles|posts|updates|videos?|headlines|from .{2,30}))?|topics?|"
    r"trending(?: .{2,20})?|recent (?:posts|articles|"
    r"stories|news|comments)|(?:most|more) (?:read|popular|viewed|shared|watched|commented|stories|news|articles|"
    r"from .{2,40}|"
    r"on .{2,40}|in .{2,30}|for you|like this|reading|to read|top stories)|more|popular(?: .{2,20})?|"
    r"(?:more )?related(?: .{2,20})?|recommended(?: .{2,20})?|"
    r"you (?:may|might|could) (?:also )?(?:like|be interested in|have missed).{0,20}|(?:read|up|watch) next|"
    r"also read|read also|"
    r"read more|see also|don['’]t miss|do not miss|editors?['’]?s? (?:picks?|choice)|top (?:stories|news|"
    r"headlines|posts)|must reads?|featured(?: .{2,20})?|"
    r"in case you missed it|what to read next|what['’]s new|breaking news|headlines|categories|tags|archives|"
    r"comments?(?: \(?\d+\)?)?|leave a (?:reply|comment)|join the (?:conversation|discussion)|share this.{0,20}|"
    r"about the authors?|newsletters?|"
    r"sign up.{0,40}|subscribe.{0,40}|follow us.{0,20}|stay connected|contact us|about us|privacy policy|"
    r"sponsored(?: .{2,20})?|promoted(?: .{2,20})?|"
    r"mehr (?:zum thema|aus .{2,30}|von .{2,30}|nachrichten|artikel)|meist ?gelesen(?:e.{0,20})?|auch interessant|"
    r"das könnte (?:sie|dich|ihnen).{0,30}|"
    r"neueste .{2,20}|aktuelle .{2,20}|top-?themen|empfohlen.{0,20}|weitere (?:artikel|themen|nachrichten|"
    r"meldungen).{0,20}|verwandte .{2,20}|kommentare|"
    r"lesen sie auch|les plus (?:lus|lues|récents|populaires)|à lire aussi|lire aussi|sur le même (?:sujet|thème)|"
    r"dernières .{2,20}|articles? (?:liés|récents|similaires)|lo más (?:leído|visto|popular)|lo último|"
    r"últimas noticias|más (?:leídas|noticias|en .{2,20})|"
    r"te puede interesar|también te puede.{0,20}|noticias relacionadas|relacionad[oa]s|i più letti|le più lette|"
    r"ultime notizie|"
    r"leggi anche|potrebbe interessarti.{0,20}|articoli correlati|meest gelezen|lees ook|laatste nieuws|"
    r"gerelateerd.{0,20}|"
    r"últimas|mais lidas|leia também|veja também|notícias relacionadas|siste nytt|mest lest|les også|siste saker|"
    r"læs også|seneste nyt|senaste nytt|mest läst|läs även"
    r")\s*[:»›>]?"
)
_NOISE = re.compile(
    r"(?:(?:spot_img|ad_?slot|advert(?:isement)?s?|anzeige|werbung|publicité|publicidad|pubblicità|image|img|photo|"
    r"logo|icon|avatar|thumbnail|placeholder|loading\.*|close|menu|search|share|print|email|facebook|twitter|"
    r"whatsapp|linkedin|"
    r"instagram|telegram|digg|rss|reddit|pinterest|email|copy link|save|listen|play|video|skip (?:navigation|"
    r"to (?:main )?content)|toggle \w{2,20}|"
    r"show more|load more|read more|view all|see all|scroll to top)[\s|·•.…]*)+",
    re.IGNORECASE,
)


_OTHER = re.compile(
    r"comments?\b|leave a|join the|share|about|newsletters?|sign up|subscribe|follow us|stay connected|contact|"
    r"privacy|"
    r"categories|tags|archives|popular categories|related tags|related topics|kommentare|sponsored|promoted"
)


def is_rail(line: str) -> bool:
    """Whether a line is the heading of a rail."""
    return len(line) <= 60 and bool(_RAIL.fullmatch(folded(line)))


def is_noise(line: str) -> bool:
    """Whether a line is only the alternative text of ad slots and icons, or a button."""
    return (
        (len(line) <= 200 and bool(_NOISE.fullmatch(line.strip())))
        or "spot_img" in line
        or not any(c.isalnum() for c in line)
    )


def is_story_rail(line: str) -> bool:
    """Whether a rail's heading promises stories, not comments, newsletters or pages about the publisher."""
    return is_rail(line) and not _OTHER.match(folded(line))
