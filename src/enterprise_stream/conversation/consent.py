"""Whether a guest's words are a plain yes to what he has just been asked.

Stricter than a backchannel: "ya", "bueno" or "interesante" say that somebody listens, not that he wants a booking. What
is not wholly made of the words below is no yes: to ask once more costs a moment, an unwanted booking costs more.
A language that is not listed has no yes, so nothing is ever done in it that needs one.
"""

import re

from enterprise_stream.conversation.lexicon import words_of

_PLAIN = str.maketrans("áéíóúü", "aeiouu")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}|([iaeou])\2+$")


def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in re.split(r"[\n,]", listed) if phrase.strip())


# What makes it a yes.
_YES = {
    "es": _phrases(
        """
        si, sip, vale, claro, claro que si, por supuesto, por supuesto que si, desde luego, de acuerdo, ok, okay, okey
        perfecto, correcto, exacto, eso es, asi es, adelante, hagalo, hazlo, hagamoslo, confirmo, confirmado
        confirmelo, confirmela, confirmalo, confirmala, lo confirmo, la confirmo, reservelo, reservela, reservalo
        reservala, anotelo, anotela, apuntelo, apuntela, es correcto, es correcta, esta correcto, todo correcto
        todo bien, esta bien, muy bien, me parece bien, me parece perfecto, dale, venga, afirmativo, mandelo, envielo
        digaselo, avise, aviselos, avisele, aviseles, preguntelo, pregunteles, pregunte
        """
    ),
    "en": _phrases(
        """
        yes, yeah, yep, yup, sure, of course, certainly, definitely, absolutely, ok, okay, all right, alright, right
        correct, exactly, perfect, that's right, that's correct, that is right, that is correct, it is, go ahead
        please do, do it, do so, book it, reserve it, confirm, confirmed, confirm it, i confirm, sounds good
        sounds great, that's fine, that's perfect, that works, fine, great, send it, tell them, ask them
        """
    ),
}
# What may stand beside it.
_BESIDE = {
    "es": _phrases(
        """
        por favor, gracias, muchas gracias, la reserva, mi reserva, la solicitud, sandra, todo, pues, ah, eh, muy amable
        asi, ya, bien, señora, señorita, está, lo, eso, a la oficina, con la reserva
        """
    ),
    "en": _phrases(
        """
        please, thanks, thank you, thank you very much, the booking, my booking, the request, the reservation, sandra
        oh, um, uh, well, then, very much, with the booking, the office, that, it, all
        """
    ),
}
_MOST_WORDS = 12
"""A longer sentence says something else besides."""


def consents(text: str, language: str) -> bool:
    """Whether the text says yes and nothing else, in that language."""
    if language not in _YES or "?" in text:
        return False
    words = [_plain(word) for word in words_of(text)]
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    return _made_of(" ".join(words), _yes_of(language), _beside_of(language))


def _plain(word: str) -> str:
    return _DRAWN_OUT.sub(lambda drawn: drawn[1] or drawn[2], word.translate(_PLAIN))


def _yes_of(language: str) -> frozenset[str]:
    return frozenset(phrase.translate(_PLAIN) for phrase in _YES[language])


def _beside_of(language: str) -> frozenset[str]:
    return frozenset(phrase.translate(_PLAIN) for phrase in _BESIDE[language])


def _made_of(said: str, yes: frozenset[str], beside: frozenset[str]) -> bool:
    """Whether the words can be cut into phrases of the two lists, with at least one that says yes."""
    words = said.split()
    reached: dict[int, bool] = {0: False}  # words taken, and whether a yes is among them in some way of cutting
    for start in range(len(words)):
        if start not in reached:
            continue
        for end in range(start + 1, len(words) + 1):
            phrase = " ".join(words[start:end])
            if phrase in yes:
                reached[end] = True
            elif phrase in beside:
                reached[end] = reached.get(end, False) or reached[start]
    return reached.get(len(words), False)
