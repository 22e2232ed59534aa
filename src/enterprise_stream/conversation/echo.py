"""Her own voice, come back through the guest's microphone and recognised as if the guest had said it. Pure."""

import unicodedata
from difflib import SequenceMatcher

_ALIKE = 0.75
"""Share of letters above which two words may be one word that was misheard; "once" and "doce" share this much."""

_SURE_CHARS = 3
"""Shorter words are alike only when they are the same: "de" and "te" are two words."""


def hers(words: list[str], saying: tuple[str, ...]) -> list[int]:
    """Which of the recognised words she is saying herself.

    Args:
        words: recognised, lower case.
        saying: hers around that time, lower case, in order.

    Returns:
        Indices of a longest run, gaps allowed, that occurs in the same order in what she says.
    """
    heard, said = [plain(word) for word in words], [plain(word) for word in saying]
    best: list[list[int]] = [[] for _ in range(len(said) + 1)]
    for index, word in enumerate(heard):
        row: list[list[int]] = [[]]
        for column, other in enumerate(said, start=1):
            longest = max(best[column], row[column - 1], key=len)
            if alike(word, other) and len(best[column - 1]) >= len(longest):
                longest = [*best[column - 1], index]
            row.append(longest)
        best = row
    return best[-1]


def alike(one: str, other: str) -> bool:
    """Whether they may be one word, misheard; lower case without accents."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < _SURE_CHARS or 2 * shorter <= _ALIKE * (len(one) + len(other)):  # of which not even all could agree
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def plain(word: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
