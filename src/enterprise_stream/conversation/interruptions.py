"""Speech over an answer: does the guest take the floor, only listen ("ajá"), or is it noise, or her own voice? Pure.

She is quieter from the first suspicion on, so what is decided here is whether she stops. To stop cannot be undone; to
go on can: whoever is judged to be listening and says more is judged again.
"""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.echo import hers
from enterprise_stream.conversation.floor_words import (
    claims_floor,
    is_assent,
    may_become_backchannel,
    only_backchannels,
)
from enterprise_stream.conversation.lexicon import words_of

_FEW_WORDS = 3
"""Words that a guest may share with her by chance, or repeat as a question; three in her order are her own."""

Verdict = Literal["takes_floor", "listens", "open"]


@dataclass(frozen=True, slots=True)
class InterruptionPolicy:
    """Thresholds of speech over an answer; times in ms.

    Attributes:
        ask_words_ms: speech after which its words are first asked for: half of the time that a decision may take.
        ask_again: how much longer the speech has to be before they are asked for again; they are rarer the longer it
            is, for a whole answer's echo must not keep the recogniser busy.
        decide_ms: speech after which one whole word that is no backchannel takes the floor.
        talk_over_ms: speech whose words nobody knows that takes the floor by its length; backchannels of two or three
            words are shorter.
        forget_ms: silence after which what took no floor is dropped; a shorter one may be a breath.
        doubt_ms: of an answer's sound, in which length alone takes no floor and one word counts when it is whole:
            echo cancellers settle in this time.
        quiet_db: how far under the guest's own level speech may be and still be taken for the guest by its level.
        echo_share: share of the words that she is saying herself from which they are her echo.
        echo_reach_ms: how far before and after what was heard her words may be in the echo.
        answer_ms: how long after her question "sí" is its answer.
    """

    ask_words_ms: float = 256.0
    ask_again: float = 1.5
    decide_ms: float = 448.0
    talk_over_ms: float = 900.0
    forget_ms: float = 320.0
    doubt_ms: float = 2000.0
    quiet_db: float = 9.0
    echo_share: float = 0.6
    echo_reach_ms: float = 1500.0
    answer_ms: float = 2500.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """What is known of speech over an answer.

    Attributes:
        text: the words so far, empty while unknown and where there are none.
        whole: whether they are all that was said, up to the pause that the guest makes now.
        spoken_ms: how long the guest has been speaking without a pause.
        unknown_ms: how much of that nobody has looked for words in.
        level_db: how much louder than this guest's own speech until now it is; None while that is unknown.
        saying: what she says around now.
        asked: whether she has just asked something.
        doubtful: whether her voice has only just begun.
        languages: ISO 639-1 codes of the words and of the session.
    """

    text: str
    whole: bool
    spoken_ms: float
    unknown_ms: float
    level_db: float | None
    saying: tuple[str, ...]
    asked: bool
    doubtful: bool
    languages: tuple[str, ...]


def judge(policy: InterruptionPolicy, heard: Overlap) -> Verdict:
    """What speech over an answer is, as far as it can be told by now."""
    quiet = heard.level_db is not None and heard.level_db < -policy.quiet_db
    doubtful = quiet or heard.doubtful
    words = words_of(heard.text)
    if not words:
        long = heard.unknown_ms >= policy.talk_over_ms and not doubtful
        return "listens" if heard.whole else "takes_floor" if long else "open"
    if heard.asked and is_assent(words, heard.languages):
        return "takes_floor"
    echoed = hers(words, heard.saying)
    if len(echoed) < policy.echo_share * len(words) or (len(words) < _FEW_WORDS and not doubtful):
        return _of_words(policy, heard, words, echoed, doubtful=doubtful)
    # An echo, her misheard words included; the guest's own would be before or after it.
    own = max(words[: echoed[0]], words[echoed[-1] + 1 :], key=len)
    return "takes_floor" if len(own) > 1 and not only_backchannels(own, heard.languages) else "listens"


def _of_words(
    policy: InterruptionPolicy, heard: Overlap, words: list[str], echoed: list[int], *, doubtful: bool
) -> Verdict:
    """The guest's own words, a few of which may be hers too; before a pause the last may be half a word."""
    if only_backchannels(words, heard.languages):
        return "listens"
    if heard.whole or claims_floor(words, heard.languages):
        return "takes_floor"
    known = [word for index, word in enumerate(words[:-1]) if index not in echoed]
    if len(known) > (1 if echoed else 0) and not may_become_backchannel(known, heard.languages):
        return "takes_floor"
    late = heard.spoken_ms >= policy.decide_ms and not (doubtful or echoed)
    return "takes_floor" if late and not may_become_backchannel(words, heard.languages) else "open"
