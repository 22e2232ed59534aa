"""Speech over an answer: does the guest take the floor, only listen ("ajá"), or is it noise, or her own voice? Pure.

She is quieter from the first suspicion on, so what is decided here is whether she stops. To stop cannot be undone; to
go on can: whoever is judged to be listening and says more is judged again.
"""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.echo import hers
from enterprise_stream.conversation.floor_words import (
    beyond_backchannels,
    beyond_hums,
    claims_floor,
    is_assent,
    may_become_backchannel,
    may_become_remark,
    only_backchannels,
    sounds_like_backchannel,
)
from enterprise_stream.conversation.lexicon import words_of

_FEW_WORDS = 3
"""Fewer words a guest may share with her by chance or repeat as a question, and a recogniser may make of half a
sound."""

Verdict = Literal["takes_floor", "listens", "open"]


@dataclass(frozen=True, slots=True)
class InterruptionPolicy:
    """Thresholds of speech over an answer; times in ms.

    Attributes:
        ask_words_ms: speech after which its words are first asked for; in less a recogniser finds none.
        ask_again: how much longer the speech has to be before they are asked for again; they are rarer the longer it
            is, for a whole answer's echo must not keep the recogniser busy.
        claim_at: confidence from which a word that asks for the floor is taken to have been said; one that the
            recogniser is less sure of has to be found again in more of the sound.
        word_at: the same for other words, which take the floor by their number: more of them are made of a sound.
        sure_at: probability of their language from which words are taken to have been said; less is a sound that the
            recogniser has made words of.
        talk_over_ms: speech that takes the floor by its length while no words of it are sure; backchannels are
            shorter.
        forget_ms: silence after which what took no floor is dropped; a shorter one may be a breath.
        doubt_ms: of an answer's sound, in which length alone takes no floor and one word counts when it is whole:
            echo cancellers settle in this time.
        quiet_db: how far under the guest's own level speech may be and still be taken for the guest by its level.
        echo_share: share of the words that she is saying herself from which they are her echo.
        echo_reach_ms: how far before and after what was heard her words may be in the echo.
        answer_ms: how long after her question "sí" is its answer.
    """

    ask_words_ms: float = 320.0
    ask_again: float = 1.5
    claim_at: float = 0.2
    word_at: float = 0.35
    sure_at: float = 0.5
    talk_over_ms: float = 1200.0
    forget_ms: float = 320.0
    doubt_ms: float = 2000.0
    quiet_db: float = 6.0
    echo_share: float = 0.6
    echo_reach_ms: float = 1500.0
    answer_ms: float = 2500.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """What is known of speech over an answer.

    Attributes:
        text: the words so far, empty while unknown and where there are none.
        sure: whether the recogniser is sure of them.
        streamed: whether they were told as they were said, and not made of a short sound afterwards.
        whole: whether they are all that was said, up to the pause that the guest makes now.
        spoken_ms: how long the guest has been speaking without a pause.
        level_db: how much louder than this guest's own speech until now it is; None while that is unknown.
        saying: what she says around now.
        asked: whether she has just asked something.
        doubtful: whether her voice has only just begun.
        sounding: whether her voice has begun; before it nobody listens to her, and nothing of hers comes back.
        languages: ISO 639-1 codes of the words and of the session.
        unsure: words of it, lower case, that the recogniser is not sure of: they do not count.
        doubted: those of them that it is so little sure of that they ask for nothing either.
    """

    text: str
    sure: bool
    whole: bool
    spoken_ms: float
    level_db: float | None
    saying: tuple[str, ...]
    asked: bool
    doubtful: bool
    sounding: bool
    languages: tuple[str, ...]
    streamed: bool = False
    unsure: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()


def judge(policy: InterruptionPolicy, heard: Overlap) -> Verdict:
    """What speech over an answer is, as far as it can be told by now."""
    quiet = heard.level_db is not None and heard.level_db < -policy.quiet_db
    doubtful = quiet or heard.doubtful
    words = words_of(heard.text)
    if not words:
        return "listens" if heard.whole else _by_length(policy, heard, doubtful=doubtful)
    if heard.asked and is_assent(words, heard.languages):
        return "takes_floor"
    distinct = list(dict.fromkeys(words))  # recognisers stutter
    echoed = hers(distinct, heard.saying)
    shared = frozenset(distinct[index] for index in echoed)
    if len(echoed) < policy.echo_share * len(distinct) or (len(words) < _FEW_WORDS and not doubtful):
        return _of_words(policy, heard, words, shared, doubtful=doubtful)
    # An echo, her misheard words included; the guest's own would be before or after it.
    own = max(distinct[: echoed[0]], distinct[echoed[-1] + 1 :], key=len)
    asks = not doubtful and _claims(heard, own)
    return "takes_floor" if asks or (heard.sure and len(_sure(heard, own)) >= _FEW_WORDS) else "listens"


def _of_words(
    policy: InterruptionPolicy, heard: Overlap, words: list[str], shared: frozenset[str], *, doubtful: bool
) -> Verdict:
    """The guest's own words, a few of which may be hers too; before a pause the last may be half a word."""
    if only_backchannels(words, heard.languages):
        return "listens"
    if sounds_like_backchannel(words, heard.languages):
        return "listens" if heard.whole else "open"
    near = heard.level_db is not None and heard.level_db >= -policy.quiet_db
    remark = heard.streamed and may_become_remark(words, heard.languages)
    if remark and not heard.whole:
        return "open"
    told = _sure(heard, words)
    if _claims(heard, words) and (near or not doubtful or (heard.sure and not shared)):
        return "takes_floor"
    half = not heard.whole and may_become_backchannel(words, heard.languages)
    if not heard.sounding:
        return "open" if half else "takes_floor"
    few = remark if heard.streamed else beyond_hums(told) < _FEW_WORDS
    if not heard.sure or not told or (heard.whole and few):
        return _by_length(policy, heard, doubtful=doubtful)
    if heard.whole:
        return "listens" if shared and doubtful and not near else "takes_floor"
    known = {word for word in told if near or word not in shared}
    if near and not shared:
        own = min(len(known), beyond_backchannels(words, heard.languages))
        return "takes_floor" if own >= (1 if heard.streamed else _FEW_WORDS) and not half else "open"
    return "takes_floor" if len(known) >= _FEW_WORDS + (2 if doubtful else 1) and not half else "open"


def _claims(heard: Overlap, words: list[str]) -> bool:
    """Whether the words ask for the floor; in the place of those that are doubted any word may have been."""
    return claims_floor(["" if word in heard.doubted else word for word in words], heard.languages)


def _sure(heard: Overlap, words: list[str]) -> list[str]:
    """Those of the words that were surely said."""
    return [word for word in words if word not in heard.unsure]


def _by_length(policy: InterruptionPolicy, heard: Overlap, *, doubtful: bool) -> Verdict:
    """Without words to go by: long speech takes the floor, unless there is doubt that it is the guest's."""
    if heard.spoken_ms >= policy.talk_over_ms and not doubtful:
        return "takes_floor"
    return "listens" if heard.whole else "open"
