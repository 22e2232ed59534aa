"""Text as it is written to text as it is said: prices, times, dates, telephone numbers, units, short forms, addresses.

Pure and total. Nothing that only makes sense on a screen (markdown, emoji, links, code, HTML) comes through. The rules
for Spanish and English are in `say_as`; text in another language is only cleaned.
"""

import re
from dataclasses import dataclass

from enterprise_stream.setting_types import DEFAULT_REGION
from enterprise_stream.speaking.say_as import Rules, rules_of
from enterprise_stream.speaking.say_as.leftover import clean, clean_only, say_leftover
from enterprise_stream.speaking.say_as.locale import Locale, locale_of
from enterprise_stream.speaking.say_as.rule import Around, Rule, around
from enterprise_stream.speaking.say_as.tables import Tables

__all__ = ["DEFAULT_REGION", "Segment", "segments", "spoken_text"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clause.

    Attributes:
        written: one or more whole words as they stand in the clause; the segments' words, joined by blanks, are the
            clause's words.
        spoken: how they are said; empty when they are not.
    """

    written: str
    spoken: str


_OPENERS = "¿¡([{\"'«“‘*_`|•"
_LEAD = re.compile(rf"(?:[{re.escape(_OPENERS)}]|~(?!\d)|~~|[<>](?!\s?\d)|#(?![\d\w])|#{{2,6}})*")
_TAIL = re.compile(r"[.,;:!?…)\]}\"'»”’*_`~|>]*(?=\s|$)")
_WORD = re.compile(r"\S+")
_PLAIN = re.compile(r"[¿¡]?((?:[A-Za-zÀ-ÖØ-öø-ÿ]{2,40}|[aAeEoOuUyY])(?:['’][a-z]{1,2})?)[,;:!?]*(\.?)")
_TITLE_AND_URL = r"\((?:[^()\s]|\([^()\s]*\)){0,2000}(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\s?\)"
_LINK = re.compile(rf"\[([^\[\]\n]{{0,300}})\](?:{_TITLE_AND_URL}|\[[^\[\]\n]{{0,80}}\])")
_SILENT = tuple(
    re.compile(pattern, re.DOTALL | re.IGNORECASE)
    for pattern in (
        r"(?:```|~~~).{0,2000}?(?:```|~~~|\Z)",  # a block of code, closed or cut off
        rf"!\[[^\[\]\n]{{0,300}}\](?:{_TITLE_AND_URL}|\[[^\[\]\n]{{0,80}}\])",  # a picture
        r"<(script|style)\b[^>]{0,300}>.{0,2000}?</\1>",
        r"<!--.{0,500}?-->",
        r"</?[a-z][^<>\n]{0,500}>(?<!\.\w\w>)(?<!\.\w\w\w>)",  # a tag, and not an address between angle brackets
        r"\[\^[^\]\s]{1,20}\]:?",  # a footnote
        r"~~[^~\n]{1,200}~~",  # struck out
        r":[a-z][a-z0-9_+-]{1,30}:",  # an emoji by name
    )
)
_MARKUP_STARTS = frozenset("`~![<:")
_PUNCTUATION = re.compile(r"[,;:!?.…]")
_DOOR = re.compile(r"[B-HJ-Z][,;.)]?")
"""One capital, which is a door or a stair ("esc. B") and begins no sentence."""

_NEAR = 60
"""Characters around a sign that decide how it is read."""

_NUMBER_BEGINS = re.compile(r"[€$£]?\s?\d")
_POSTAL = re.compile(r"\d{5}\s+[^\W\d_]")
_AMOUNT = re.compile(r"[€$£]?\s?\d")
_DEGREES = re.compile(r"\s\d{1,2}(?:[.,]\d)?\s?[°º]")
_KEY = re.compile(r"[#*][.,;:)]?")
_BULLETS = frozenset("-–—")
"""By itself none of these is a minus, except before a temperature."""

_DASHES = frozenset("-–—−")


def segments(text: str, language: str, region: str = DEFAULT_REGION) -> tuple[Segment, ...]:
    """Cut a clause into stretches, each with what is said for it.

    Args:
        text: a clause, as a brain or an owner wrote it.
        language: ISO 639-1 code of the text, or a tag with a region ("es-MX"), which then wins over `region`.
        region: ISO 3166-1 alpha-2 code of the business's country, whose habits numbers, money and times follow.
    """
    locale = locale_of(language, region)
    reader = _Reader(text, locale, rules_of(locale))
    found = []
    position = 0
    while (word := _WORD.search(text, position)) is not None:
        end, spoken = reader.stretch(word.start(), word.end())
        found.append(Segment(text[word.start() : end], spoken))
        position = end
    return tuple(found)


def spoken_text(text: str, language: str, region: str = DEFAULT_REGION) -> str:
    """What is said for a whole text; arguments as for `segments`."""
    return " ".join(segment.spoken for segment in segments(text, language, region) if segment.spoken)


class _Reader:
    """Reads one text, a stretch at a time."""

    def __init__(self, text: str, locale: Locale, rules: Rules | None) -> None:
        self._text = text
        self._locale = locale
        self._rules = rules

    def stretch(self, start: int, end: int) -> tuple[int, str]:
        """Where the stretch that begins with the word from `start` to `end` ends, and what is said for it."""
        if self._text[start] in _MARKUP_STARTS or "[" in self._text[start:end] or "<" in self._text[start:end]:
            marked = self._markup(start, end)
            if marked is not None:
                return marked
        if self._rules is None:
            return end, clean_only(self._text[start:end])
        if self._plain(start, end):
            return end, self._text[start:end]
        if self._text[start:end] in _BULLETS and not _DEGREES.match(self._text, end):
            return end, self._leftover(start, end, self._rules.words)
        lead = _LEAD.match(self._text, start)
        core = lead.end() if lead is not None and lead.end() < end else start
        if _KEY.fullmatch(self._text, start, end):
            core = start
        table = self._rules.verbal if self._text[core].isalpha() else self._rules.numeric
        return self._by_rule(table, start, core) or (end, clean(self._leftover(start, end, self._rules.words)))

    def _plain(self, start: int, end: int) -> bool:
        """Whether a word is of letters and no rule can begin with it; most words are, and cost nothing more."""
        match = _PLAIN.fullmatch(self._text, start, end)
        if match is None or self._rules is None:
            return False
        word = match[1].lower()
        if match[2] and (len(word) == 1 or f"{word}." in self._rules.special):
            return False
        return word not in self._rules.special and (len(word) == 1 or not match[1].isupper())

    def _markup(self, start: int, end: int) -> tuple[int, str] | None:
        """Links say their text; pictures, code, tags and notes say nothing; what is around them in a word stays."""
        text, at, said = self._text, start, ""
        while at < len(text) and not text[at].isspace():
            silent = link = None
            if text[at] in _MARKUP_STARTS:
                silent = next((found for pattern in _SILENT if (found := pattern.match(text, at))), None)
                link = _LINK.match(text, at) if silent is None else None
            if (markup := silent or link) is None:
                said += text[at]
                at += 1
            else:
                said += " " if link is None else link[1]
                at = markup.end()
        if said == text[start:at]:
            return None
        return max(at, end), spoken_text(said, self._locale.language, self._locale.region)

    def _by_rule(self, table: tuple[Rule, ...], start: int, core: int) -> tuple[int, str] | None:
        context: Around | None = None
        for rule in table:
            match = rule.pattern.match(self._text, core)
            if match is None or match.end() == core or (tail := _TAIL.match(self._text, match.end())) is None:
                continue
            following = _WORD.search(self._text, tail.end()) if not tail[0] else None
            context = around(self._text, core, following[0] if following else "")
            said = rule.say(match, context)
            if said is not None:
                ends = match[0].endswith(".") and not rule.title and not _PUNCTUATION.match(tail[0])
                stop = "." if ends and self._sentence_ends(tail.end()) else ""
                return tail.end(), clean(self._text[start:core] + said + stop + tail[0])
        return None

    def _sentence_ends(self, position: int) -> bool:
        """Whether a full stop that belongs to a short form also ends its sentence, by what follows."""
        following = _WORD.search(self._text, position)
        if following is not None and _DOOR.fullmatch(following[0]):
            return False
        return following is None or following[0][0].isupper() or following[0][0] in "¿¡"

    def _leftover(self, start: int, end: int, words: Tables) -> str:
        """A word that no rule knows."""
        word = self._text[start:end]
        before = self._text[max(0, start - _NEAR) : start].rstrip(" \t")
        after = self._text[end : end + _NEAR].lstrip(" \t")
        if set(word) <= _DASHES:
            return _dash(word, before, after, words)
        if word in ("x", "×", "X") and before and _AMOUNT.match(after):
            return words.times
        if word == "/":  # two ways to say it, or two numbers
            return "—" if before and after else ""
        if word == "|":  # a cell's border is a pause, except at a line's ends
            return "—" if before and after and before[-1] != "\n" != after[0] else ""
        return say_leftover(word, self._locale, words)


def _dash(word: str, before: str, after: str, words: Tables) -> str:
    """A dash by itself: a bullet, a range ("8 € – 12 €"), else a pause."""
    if not before or before[-1] == "\n" or len(word) > 2:
        return ""
    if _POSTAL.match(after):  # "Mayor, 1 - 46001 Valencia"
        return "—"
    number_before = before[-1].isdigit() or before[-1] in "€$£%hm"
    return words.to if number_before and _NUMBER_BEGINS.match(after) else "—"
