"""Whether what the decoder wrote can be what was said: loops, stock phrases and noise. Pure functions.

Whisper writes something for any sound. Over noise it repeats itself or falls back on what its training subtitles end
with; these checks tell such text from a guest's words.
"""

import re
import unicodedata
import zlib
from collections.abc import Sequence

NO_SPEECH = 0.6
"""Above this probability of the no-speech token, and below `WEAK`, there was no speech (Radford et al. 2022, 4.5)."""

WEAK = -1.0
"""Mean log-probability per token under which a decoding is in doubt (the same section)."""

COMPRESSION = 2.4
"""Longer text that deflates better than this repeats itself (the same section)."""

SYLLABLES_PER_SECOND = 6.0
"""Of fast speech; Whisper writes a syllable as one token or less."""

TOKENS_PER_SECOND = 9.0
"""No guest speaks faster, not even for a moment."""

LAST_START_S = 0.1
"""A segment after the first has to begin so long before the sound's end."""

FIRST_SPECIAL = 50_257
FIRST_TIMESTAMP = 50_364
"""Token ids from these on are control tokens and timestamps of 20 ms, in every vocabulary of 51 865 tokens."""

_MAX_CYCLE_WORDS = 8
_MIN_ROUNDS = 3
_MIN_ROUNDS_OF_ONE = 5  # people say "no, no, no, no"
_MIN_ROUNDS_OF_DIGITS = 9  # and "cero cero cero cero" in a telephone number
_DIGITS = frozenset(
    (
        *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
        *("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    )
)

_STOCK = (
    r"subt[ií]tulos? (realizados?|creados?|hechos?|por|en español).*",
    r".*amara\.? ?org.*",
    r"(muchas )?gracias por (ver|mirar)( (el|este|mi|nuestro))?( v[ií]deo)?",
    r"(y )?no (te )?olvid(es|en|éis) (de )?suscribir(te|se).*",
    r"suscr[ií]bete( al canal)?.*",
    r"(thank you|thanks)( so much| very much)? for watching.*",
    r"(please )?(like and )?subscribe( to (my|the|our) channel)?.*",
    r"(subtitles|captions|transcribed|translated) by.*",
    r"(m[uú]sica|music|aplausos|applause|risas|laughter|silencio|silence|ruido|noise|blank audio|inaudible)",
)
_STOCK_TEXT = re.compile("|".join(f"(?:{phrase})" for phrase in _STOCK), re.IGNORECASE)
_BRACKETED = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫]+")


def token_limit(seconds: float) -> int:
    """Most tokens that the decoder may write for so much audio: fast speech, timestamps and a little more."""
    return min(224, 12 + int(SYLLABLES_PER_SECOND * seconds))


def places_within(tokens: Sequence[int], seconds: float) -> list[int]:
    """Where the words are, among the tokens, of the segments that the audio has room for; others are made up.

    Args:
        tokens: what the decoder wrote, each segment between two timestamps.
        seconds: length of the audio. A segment after the first has to begin before its last 100 ms, and to leave time
            for its words: a clause is sometimes said again in the last 200 ms.
    """
    places: list[int] = []
    for start_s, segment in _segments(tokens):
        room = 3 + TOKENS_PER_SECOND * (seconds - start_s)
        if not places or (start_s < seconds - LAST_START_S and len(segment) <= room):
            places += segment
    return places


def _segments(tokens: Sequence[int]) -> list[tuple[float, list[int]]]:
    """Each segment's start in s and where its word tokens are."""
    segments: list[tuple[float, list[int]]] = [(0.0, [])]
    opening = True
    for place, token in enumerate(tokens):
        if token >= FIRST_TIMESTAMP:
            if opening:
                segments.append(((token - FIRST_TIMESTAMP) * 0.02, []))
            opening = not opening
        elif token < FIRST_SPECIAL:
            segments[-1][1].append(place)
    return segments


def without_loop(text: str) -> str:
    """`text` without its repetitions: a cycle of up to 8 words said many times in a row stays once.

    Many is three times for several words, five for one word, nine for digits: people do say "no, no, no", and
    telephone numbers repeat. What follows the cycle stays.
    """
    words = text.split()
    keys = [_bare(word) for word in words]
    kept: list[str] = []
    at = 0
    while at < len(words):
        size, rounds = _cycle(keys, at)
        kept += words[at : at + size]
        at += size * rounds
    return " ".join(kept)


def loops(text: str) -> bool:
    """Whether `text` repeats itself as no guest does."""
    return without_loop(text) != " ".join(text.split()) or (len(text) > 80 and compression_ratio(text) > COMPRESSION)


def compression_ratio(text: str) -> float:
    """Length of `text` in bytes over its deflated length."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def without_stock_phrases(text: str) -> str:
    """`text` without bracketed sounds, and empty when all of it is what subtitles end with or holds no word at all."""
    bare = _BRACKETED.sub(" ", text)
    bare = " ".join(bare.split())
    stripped = bare.strip(" .,;:!?¡¿…-–\"'")
    if not any(character.isalnum() for character in stripped) or _STOCK_TEXT.fullmatch(stripped):
        return ""
    return bare


def is_speech(no_speech_probability: float, mean_log_probability: float, text: str) -> bool:
    """Whether the decoding stands for speech at all; over noise a loop is sure of itself ("No, no, no, …")."""
    return no_speech_probability <= NO_SPEECH or (mean_log_probability >= WEAK and not loops(text))


def _cycle(keys: Sequence[str], at: int) -> tuple[int, int]:
    """The shortest cycle of words that starts at `at`, and its rounds; (1, 1) when nothing repeats."""
    for size in range(1, min(_MAX_CYCLE_WORDS, (len(keys) - at) // _MIN_ROUNDS) + 1):
        cycle = list(keys[at : at + size])
        rounds = 1
        while list(keys[at + rounds * size : at + (rounds + 1) * size]) == cycle:
            rounds += 1
        if rounds >= _many(cycle) and any(cycle):
            return size, rounds
    return 1, 1


def _many(cycle: Sequence[str]) -> int:
    """From how many rounds on nobody says `cycle`."""
    if all(word.isdigit() or word in _DIGITS for word in cycle):
        return _MIN_ROUNDS_OF_DIGITS
    return _MIN_ROUNDS_OF_ONE if len(cycle) == 1 else _MIN_ROUNDS


def _bare(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in folded if character.isalnum())
