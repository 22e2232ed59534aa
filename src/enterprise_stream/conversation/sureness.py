"""Which words a recogniser is not sure of, by what it said of them in two looks at the sound. Pure."""

from enterprise_stream.conversation.echo import alike, plain
from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.conversation.words import Words


def unsure_words(words: Words, before: Words, sure_at: float) -> frozenset[str]:
    """Words, lower case, whose confidence is under `sure_at` by both looks together.

    A look that finds a word again, misheard or not, adds to what the one before said. Of a word that is said several
    times the first counts: a recogniser that repeats itself is sure of that. Words without confidences are sure.

    Args:
        words: what is understood now.
        before: what was understood in less of the sound.
        sure_at: 0 to 1.
    """
    little = {word: one for word, one in _confidences(words).items() if one < sure_at}
    earlier = _confidences(before) if little else {}
    return frozenset(word for word, one in little.items() if _together(one, _best(word, earlier)) < sure_at)


def _best(word: str, earlier: dict[str, float]) -> float:
    return max((one for other, one in earlier.items() if alike(plain(word), plain(other))), default=0.0)


def _together(one: float, other: float) -> float:
    return 1.0 - (1.0 - one) * (1.0 - other)


def _confidences(words: Words) -> dict[str, float]:
    """Of each distinct word."""
    found: dict[str, float] = {}
    written = words.text.split()
    confidences = words.confidences if len(words.confidences) == len(written) else (1.0,) * len(written)
    for part, confidence in zip(written, confidences, strict=True):
        for word in words_of(part):
            found.setdefault(word, confidence)
    return found
