"""The join between an opening and its answer: no word is said twice."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import takewhile

from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.thinking.ports import AnswerPiece, AnswerText, LanguageModel, Question

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_BEFORE = re.compile(r"[\s¡]*")
_ALONE = re.compile(r"[,;:.…!?—–]")
_AFTER = re.compile(r"[\s,;:.…!?—–]*")


class Lead:
    """Who begins the turn with an opening's words: the library's clip, or the answer that has them itself.

    Attributes:
        text: the opening.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._begun = False

    def begin(self) -> bool:
        """Whether whoever asks is the first, and so the one who says them."""
        first, self._begun = not self._begun, True
        return first


class Unrepeated:
    """A `LanguageModel` that leaves out of an answer's beginning what the opening before it has said.

    An answer that begins with the opening's words before that was said keeps them, and the opening is not said. Text is
    held back only while it may be such a beginning.
    """

    def __init__(self, brain: LanguageModel, lead: Lead) -> None:
        self._brain = brain
        self._lead = lead

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """The brain's answer, without the words that were said before it."""
        held, undecided = "", True
        async with aclosing(self._brain.answer(question)) as pieces:
            async for piece in pieces:
                if undecided and isinstance(piece, AnswerText):
                    held += piece.text
                    repeated = repetition(self._lead.text, held)
                    if repeated is None:
                        continue
                    undecided = False
                    said_before = repeated > 0 and not self._lead.begin()
                    yield AnswerText(held[repeated:] if said_before else held)
                    continue
                if undecided and held:  # an answer that says no more than this
                    yield AnswerText(held)
                undecided = False
                yield piece


def repetition(opening: str, answer: str) -> int | None:
    """Characters at the beginning of an answer that say again what the opening has said.

    Words are repeated when they are the opening's last ones ("A ver," and "A ver si hay"), or others of it that stand
    by themselves ("Pues mire," and "Pues, sí"); not where the answer only begins like it ("A ver," and "A las ocho").

    Args:
        opening: what is said before.
        answer: its text as far as it is known.

    Returns:
        0 where nothing is repeated, None while more of the answer must be known.
    """
    said = words_of(opening)
    blank = _BEFORE.match(answer)
    begin = blank.end() if blank else 0
    found = list(_WORD.finditer(answer, begin))
    if not found or found[0].start() > begin:
        return None if begin == len(answer) else 0
    words = words_of(answer)
    is_open = answer[-1].isalnum() or answer[-1] in "'’"
    if any(_may_become(said[first:], words, is_open=is_open) for first in range(len(said))):
        return None
    repeated = max(_repeated(said[first:], words, answer, found) for first in range(len(said)))
    if not repeated:
        return 0
    after = _AFTER.match(answer, found[repeated - 1].end())
    end = after.end() if after else len(answer)
    return end if end < len(answer) else None


def _may_become(run: list[str], words: list[str], *, is_open: bool) -> bool:
    """Whether these words, of which an open last one may still grow, can go on to be more of this run."""
    *before, last = words
    if len(before) >= len(run) or before != run[: len(before)]:
        return False
    expected = run[len(before)]
    return expected.startswith(last) if is_open else expected == last and len(words) < len(run)


def _repeated(run: list[str], words: list[str], answer: str, found: list[re.Match[str]]) -> int:
    """How many words at the beginning of an answer are this run's, to its end or standing by themselves."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(run, words, strict=False)))
    while 0 < alike < len(run) and not _ALONE.match(answer, found[alike - 1].end()):
        alike -= 1
    return alike
