"""Text as it is written to text as it is said: prices, times, dates, telephone numbers, units, symbols.

Pure. Nothing that only makes sense on a screen (markdown, emoji, links) comes through. The rules for Spanish and
English are in `speech_rules`; text in another language is only cleaned.
"""

import re
from dataclasses import dataclass

from enterprise_stream.speaking.speech_rules import LETTER_SYMBOLS, RULES, Rule, fallback

__all__ = ["Segment", "segments", "spoken_text"]


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


_OPENERS = "¿¡([{\"'«“‘*_`~#<>|•"
_CLOSERS = ".,;:!?…)]}\"'»”’*_`~|"
_LEAD = re.compile(f"[{re.escape(_OPENERS)}]*")
_TAIL = re.compile(rf"[{re.escape(_CLOSERS)}]*(?=\s|$)")
_WORD = re.compile(r"\S+")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_TAG = re.compile(r"</?[A-Za-z][^>\n]*>")
_MARKUP = re.compile(r"[*_`~#<>|•\[\]{}\\^]")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3]")


def segments(text: str, language: str) -> tuple[Segment, ...]:
    """Cut a clause into stretches, each with what is said for it.

    Args:
        text: a clause, as a brain or an owner wrote it.
        language: ISO 639-1 code of the text.
    """
    rules = RULES.get(language, ())
    found = []
    position = 0
    while (word := _WORD.search(text, position)) is not None:
        end, spoken = _stretch(text, word.start(), word.end(), rules, language)
        found.append(Segment(text[word.start() : end], spoken))
        position = end
    return tuple(found)


def spoken_text(text: str, language: str) -> str:
    """What is said for a whole text."""
    return " ".join(segment.spoken for segment in segments(text, language) if segment.spoken)


def _stretch(text: str, start: int, end: int, rules: tuple[Rule, ...], language: str) -> tuple[int, str]:
    """Where the stretch that begins at `start` ends, and what is said for it."""
    for pattern in (_LINK, _TAG):
        if (match := pattern.match(text, start)) is not None and (tail := _TAIL.match(text, match.end())) is not None:
            inside = spoken_text(match[1], language) if pattern is _LINK else ""
            return tail.end(), _clean(inside + tail[0])
    lead = _LEAD.match(text, start)
    core = lead.end() if lead is not None else start
    for rule in rules:
        match = rule.pattern.match(text, core)
        if match is None or match.end() == core or (tail := _TAIL.match(text, match.end())) is None:
            continue
        following = _WORD.search(text, tail.end()) if not tail[0] else None
        said = rule.say(match, following[0] if following else "")
        if said is not None:
            stop = "." if match[0].endswith(".") and not text[match.end() :].strip() else ""
            return tail.end(), _clean(text[start:core] + said + stop + tail[0])
    return end, _clean(fallback(text[start:end], language))


def _clean(spoken: str) -> str:
    """Without what only a screen can show; nothing when no letter is left."""
    spoken = _MARKUP.sub("", _TAG.sub("", _EMOJI.sub("", spoken))).strip()
    if any(character.isalnum() for character in spoken):
        return spoken
    return LETTER_SYMBOLS.get(spoken, "")
