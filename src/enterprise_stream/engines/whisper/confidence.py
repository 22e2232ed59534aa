"""How sure the decoder is of each word that it wrote. Pure functions."""

import math
import string
from collections.abc import Sequence

_SPACE = "\u0120"
"""How the vocabulary writes the space that a word's first piece begins with."""


_SIGNS = _SPACE + string.punctuation + "\u00c2\u00a1\u00bf"
"""What signs are made of in the vocabulary: "\u00a1" and "\u00bf" begin with a byte of their own."""


def of_words(pieces: Sequence[str], likely: Sequence[float]) -> tuple[float, ...]:
    """Of each word, 0 to 1: as sure as of the least sure of its pieces. Signs are heard in no word and do not count.

    Args:
        pieces: of the text, as the vocabulary writes them.
        likely: log-probability of each.
    """
    words: list[float] = []
    for piece, one in zip(pieces, likely, strict=True):
        if piece.startswith(_SPACE) or not words:
            words.append(0.0)
        if piece.strip(_SIGNS):
            words[-1] = min(words[-1], one)
    return tuple(map(math.exp, words))


def kept(confidences: tuple[float, ...], text: str, rest: str) -> tuple[float, ...]:
    """Those of the words of `rest`, which is what was kept of `text`: in the same order, with words left out.

    Where they are not the words of `text`, every one is as sure as the least sure.
    """
    words, left = text.split(), rest.split()
    if words == left and len(words) == len(confidences):
        return confidences
    return (min(confidences, default=0.0),) * len(left)
