"""Which of the languages that Sandra speaks the guest is speaking. Pure functions.

Whisper's own guess is good over whole sentences and poor over a few words ("No, en junio, por favor" sounded English
to it with 0.92 to 1.0), so a language other than the session's is only proposed here. The caller decodes in both and
leaves the session's language only when the other's words are the likelier ones too. A long utterance that is as good
as certainly in the other language is decoded in that alone.
"""

from collections.abc import Mapping

CONTENDER = 0.75
"""The other language has to be this probable before a decoding in it is tried.

Over 120 utterances of the development speech, clean and at 10 dB, the wrong language exceeded it for one sentence.
"""

SHORT_S = 2.0
"""In less audio the session's language is kept: a lone "sí" sounds English (0.85 to 0.97) to the model."""

SURE = 0.98
"""From here on, in `LONG_S` of audio and more, the session's language is not even tried."""

LONG_S = 3.0


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """`weights` of the candidates (not negative) as probabilities that sum to 1; even when all are 0."""
    total = sum(weights.values())
    if total <= 0.0:
        return dict.fromkeys(weights, 1.0 / len(weights))
    return {language: weight / total for language, weight in weights.items()}


def languages_to_try(probabilities: Mapping[str, float], hint: str, seconds: float) -> tuple[str, ...]:
    """One or two of the candidates: the session's language, and one that is clearly more probable.

    Args:
        probabilities: of each candidate, by ISO 639-1 code; they sum to 1.
        hint: the session's language; when it is no candidate, the most probable one takes its place.
        seconds: audio that the probabilities were heard in.

    Returns:
        (session's,), (session's, other) or (other,).
    """
    best = max(probabilities, key=lambda language: probabilities[language])
    if best == hint or hint not in probabilities or (probabilities[best] >= SURE and seconds >= LONG_S):
        return (best,)
    return (hint, best) if probabilities[best] >= CONTENDER and seconds >= SHORT_S else (hint,)
