"""How much evidence makes a match a fact."""

from enterprise_stream.engines.retrieval import lexicon as lex
from enterprise_stream.engines.retrieval.index import Index, Match, subject_of
from enterprise_stream.thinking.knowledge import Fact

# Centred cosines; measured on the tuned two thirds of the labelled sets (tests/engines/retrieval).
_SURE = 0.42
_SURE_BUT_STRANGE = 0.46
_WITH_WORD = 0.1
_SURE_BUT_ALL_STRANGE = 0.55
_WHO_IS = 0.6
_SURE_BUT_FOREIGN = 0.78
_DECOY_WINS = 0.0
_DECOY_BEATS_WORD = 0.2
_CLEAR_OF_DECOYS = 0.2
_ANCHORED = 0.5


def fact_of(words: str, match: Match | None, index: Index) -> Fact | None:
    """The matched fact when the evidence for it is enough."""
    if match is None or match.fact == "broken" or about_something_else(words, match, index):
        return None
    if match.word:
        enough = match.score >= _WITH_WORD and match.decoy - match.score <= _DECOY_BEATS_WORD
    else:
        needed = _SURE_BUT_ALL_STRANGE if match.strange == 1 else _SURE_BUT_STRANGE
        clear = match.strange < 0.5 or match.score - match.decoy >= _CLEAR_OF_DECOYS
        needed = _SURE if clear else needed
        if match.fact == "lodgings" and match.strange > 0:
            needed = _SURE_BUT_FOREIGN
        enough = match.score >= needed and match.score > match.decoy + _DECOY_WINS
    return index.knowledge.fact(match.fact) if enough else None


def about_something_else(words: str, match: Match | None, index: Index) -> bool:
    """Whether the guest counts or asks after somebody that the knowledge file does not hold."""
    counted = lex.COUNTED.search(words)
    strange = counted is not None and bool(subject_of(counted[1], index.lodging_words))
    if counted is not None and strange and not index.knows(counted[1]):
        return True
    return match is not None and match.score < _WHO_IS and match.strange >= 0.5 and bool(lex.WHO_ELSE.search(words))


def near(anchor: float, match: Match) -> bool:
    """Whether a question is nearer to one that the brain works out itself than to any fact or decoy."""
    return anchor >= _ANCHORED and anchor > match.decoy and anchor > match.score and not match.word
