"""What sort of piece a story is, and by what evidence: types, addresses, sections and the title's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from digest.models.story import Kind

_TYPES = {
    "AdvertiserContentArticle": Kind.SPONSORED,
    "LiveBlogPosting": Kind.LIVE,
    "OpinionNewsArticle": Kind.OPINION,
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "BackgroundNewsArticle": Kind.ANALYSIS,
    "AskPublicNewsArticle": Kind.SERVICE,
    "Recipe": Kind.SERVICE,
    "HowTo": Kind.SERVICE,
}
# Whole words of a path part, section, tag or category; the first kind that fits wins, the costliest mistake first.
_WORDS = {
    Kind.SPONSORED: """sponsored sponsor brandvoice partner-content paid-content paid-post sponsored-content
        branded-content advertorial anzeige advertisement promoted native-ad brand-studio partner-post presented-by
        sponsored-post paidpost""",
    Kind.COMMERCE: """shopping deals coupons coupon-codes vouchers promo-codes underscored buying-guide
        product-reviews best-deals black-friday gift-guide gift-guides affiliate discount-codes""",
    Kind.LIVE: """live liveblog live-blog live-updates live-news live-ticker liveticker en-direct en-vivo
        live-coverage""",
    Kind.OPINION: """opinion opinions commentisfree op-ed oped editorial editorials column columns columnists comment
        commentary kommentar kommentare meinung tribune opinie opinioni opinion-news letters leitartikel viewpoint""",
    Kind.ANALYSIS: "analysis analyse analysen analisis explainer explainers explained news-analysis hintergrund",
    Kind.SERVICE: """how-to howto horoscope horoscopes crossword puzzles recipes recipe tv-guide ratgeber obituaries
        quiz quizzes lottery""",
}
_ORDER = tuple(_WORDS)
_BY_WORD = {word: kind for kind in reversed(_ORDER) for word in _WORDS[kind].split()}
_TITLES = {
    Kind.SPONSORED: re.compile(
        r"^\W*(?:sponsored|advertorial|anzeige|advertisement|paid post|partner content)\b\s*[:|–—-]", re.IGNORECASE
    ),
    Kind.COMMERCE: re.compile(
        r"\bup to \d+\s?% off\b|\b\d+\s?% off\b|\b(?:best|top|great|early|live)\b.{0,40}\bdeals?\b|\bcoupons?\b|"
        r"\bpromo codes?\b|\bdiscount codes?\b|\b(?:black friday|cyber monday|prime day)\b|\bsale \d{4}\b|"
        r"\b\d{4} sale\b|\bsale is live\b|\bsave (?:up to )?[$£€₹]\s?\d|\bfor just [$£€₹]\s?\d|\brabatt\b|"
        r"\bschnäppchen\b|\bgift guide\b",
        re.IGNORECASE,
    ),
    Kind.LIVE: re.compile(
        r"\b(?i:live (?:updates?|blog|coverage|ticker)|liveticker|en direct|en vivo)\b|^\W*(?i:live)\s*[:|–—-]|"
        r"\bLIVE\b(?=.{0,30}(?:updates?|:|from))"
    ),
    Kind.OPINION: re.compile(
        r"^\W*(?:opinion|op-ed|editorial|comment|kommentar|meinung|column)\b\s*[:|–—-]|\|\s*opinion$", re.IGNORECASE
    ),
    Kind.ANALYSIS: re.compile(
        r"^\W*(?:analysis|news analysis|analyse|explainer|explained)\b\s*[:|–—-]|"
        r"[:|–—-]\s*(?:an )?(?:analysis|explained|explainer)$",
        re.IGNORECASE,
    ),
    Kind.SERVICE: re.compile(
        r"(?:^|[:–—-]\s*)(?:how to|here['’]s how to|so geht['’]s|what to watch|where to watch)\b|\bhoroscope\b|"
        r"\bcrossword\b|\b(?:wordle|connections|strands)\b.{0,30}\b(?:hints?|answers?)\b|\brecipe\b|"
        r"\blottery (?:results|numbers)\b",
        re.IGNORECASE,
    ),
}


def kind_of(
    title: str, url: str | None = None, types: Iterable[str] = (), labels: Iterable[str] = ()
) -> tuple[Kind, str | None]:
    """The kind of a story and its evidence in words. `types` are schema.org types, `labels` sections and categories.
    News, with no evidence, when nothing says otherwise."""
    for name in sorted(types):
        if name in _TYPES:
            return _TYPES[name], f"type {name}"
    found: list[tuple[Kind, str]] = []
    for part in _parts(url):
        if part in _BY_WORD:
            found.append((_BY_WORD[part], f"address /{part}/"))
    for label in labels:
        slug = re.sub(r"[^\w]+", "-", label.casefold()).strip("-")
        if slug in _BY_WORD:
            found.append((_BY_WORD[slug], f'label "{label}"'))
    for kind, pattern in _TITLES.items():
        if match := pattern.search(title):
            found.append((kind, f'title "{match[0].strip()}"'))
    return min(found, key=lambda item: _ORDER.index(item[0]), default=(Kind.NEWS, None))


def _parts(url: str | None) -> list[str]:
    """The folders of an address, without the file itself, in lower case; none when it is malformed."""
    if not url:
        return []
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets around what is no IPv6 address
        return []
    return [part for part in parts.path.lower().split("/")[:-1] if part] + (
        [parts.hostname.split(".")[0]] if parts.hostname else []
    )
