"""What words over an answer say about the floor: "I am listening", "let me speak", or a reply to her question.

A language that is not listed has no such words. Words are those of `lexicon.words_of`: lower case, no punctuation.
Recognisers write the same sound in several ways ("ajá", "aja", "aha"), so the ways that were met are listed too.
"""

import re

from enterprise_stream.conversation.echo import alike
from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.conversation.remarks import is_remark, may_become_one
from enterprise_stream.conversation.spelling import spelled

_LONG_CLAIM = 6
"""Letters of a claim that is recognised when it is misheard; shorter ones are too much like other words."""

_LONGEST_ROUND = 4
"""Words that a recogniser may say over and over: "vale muy bien vale muy bien"."""

_MAX_BACKCHANNELS = 4
"""Backchannels in a row that still say no more than one; a fifth is somebody who wants to be noticed."""


def _phrases(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in re.split(r"[\n,]", listed) if phrase.strip())


def _lexicon(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _sounds(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(spelled(word) for word in phrase) for phrase in _phrases(listed))


# Sounds that mean nothing but "I am listening", whatever she has asked; drawn-out ones are listed short.
_HUMS = _sounds("m, hm, mhm, hum, um, m hm, ah, oh, eh, uh, uy, ay, ha, ooh, aah")

# Words of consent: a backchannel, or the answer when she has just asked.
_ASSENTS = {
    "es": _sounds(
        """
        sí, si, vale, ya, claro, ok, okay, okey, bien, bueno, perfecto, genial, estupendo, exacto, entendido, correcto
        ah vale, ah sí, ah ya, sí claro
        entiendo, fantástico, de acuerdo, muy bien, está bien, por supuesto, claro que sí, eso es, así es, desde luego
        cierto, venga, dale, listo, ajá, aja, aha, ajám, ajam, a já, ah já, ah ja, uh huh, órale, sale
        qué bien, qué bueno, ya veo, ya lo veo, ya entiendo, lo entiendo, te entiendo, le entiendo, comprendo, sí señora
        fenomenal, ideal, magnífico, maravilloso, buenísimo, súper, interesante, muy interesante, qué interesante
        anda, vaya, mira, mira tú, mira qué bien, ah mira, no me digas, qué chulo, qué lindo, qué padre, qué maravilla
        me parece bien, me parece perfecto, está perfecto, todo bien, sin problema, con razón, ah bueno, ah bien
        ah perfecto, ah entiendo, por supuesto que sí, pues sí, pues claro, pues vale, pues muy bien, eso, efectivamente
        gracias, muchas gracias
        """
    ),
    "en": _sounds(
        """
        yeah, yes, yep, yup, ya, ok, okay, k, right, sure, great, well, nice, cool, good, perfect, exactly, lovely, fine
        nice one, sure thing, oh okay, oh yeah, absolutely, wonderful, excellent, true
        definitely, of course, all right, alright, very good, sounds good
        makes sense, got it, i see, i understand, understood, uh huh, uhhuh, aha, ah ha, huh, oh nice, that's nice
        that's good, that's right, very nice, so nice, sounds great, amazing, gotcha, go on
        interesting, very interesting, how interesting, really, oh really, wow, oh wow, brilliant, fantastic, super
        awesome, beautiful, sweet, fair enough, good to know, that works, that sounds good, that sounds great
        that makes sense, that's great, that's fine, that's perfect, that's lovely, that's wonderful, oh good, oh great
        oh lovely, oh i see, ah i see, ah okay, ah right, oh right, i get it, indeed, totally, certainly, for sure
        very well, i know, of course yes, how nice, how lovely, oh perfect, thanks, thank you
        """
    ),
}

# Words that ask for the floor, wherever in the sentence they are.
_CLAIMS = {
    "es": _phrases(
        """
        espera, espere, esperad, esperen, espérate, espérese, para, pare, parad, párate, alto, basta, perdona, perdone
        perdón, disculpa, disculpe, oye, oiga, no no, un momento, un segundo, un minuto, una pregunta, una cosa
        otra cosa, por favor, cállate, calla, silencio, stop, no es eso, no entiendo, no te entiendo, no le entiendo
        no he entendido, repite, repita, repítelo, repítame, adiós, déjame, déjeme, escucha, escuche
        mira una cosa, mire, pero, no
        """
    ),
    "en": _phrases(
        """
        wait, stop, hold on, hang on, sorry, excuse me, pardon, hey, listen, no no, one moment, a moment, one second
        a second, a minute, one minute, one question, a question, quick question, quiet, shut up, that's enough, no wait
        but, no, actually, goodbye, repeat
        please, say that again, i don't understand, not that, let me, can i, could i, can you, could you
        """
    ),
}
# Words that ask something, but also wonder: "qué maravilla".
_QUESTIONS = {
    "es": _lexicon("cómo qué cuál cuáles cuándo cuánto cuánta cuántos cuántas dónde quién quiénes"),
    "en": _lexicon("what which when where who why how"),
}
_FEWEST_IN_A_QUESTION = 3

# Words that a short remark on what she says may begin with ("suena bien", "that's cool"), and a question or a wish too.
_REMARK_OPENERS = {
    "es": _lexicon("qué suena me lo la eso esto muy tan está es pues"),
    "en": _lexicon("that's that sounds how so very it's it i i'm looks what you"),
}
_REMARK_WORDS = 3
"""Words from which what began like a remark on what she says is a sentence of its own."""


def _backchannels(languages: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    listed = [_ASSENTS[language] for language in languages if language in _ASSENTS]
    return _HUMS.union(*listed) if listed else frozenset()


def _claims(languages: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset[tuple[str, ...]]().union(*(_CLAIMS.get(language, frozenset()) for language in languages))


def is_backchannel(text: str, *languages: str) -> bool:
    """Whether the text only says "I am listening" in one of these languages; silence does not.

    Drawn-out sounds ("sííí", "mmmm") count like short ones.
    """
    return only_backchannels(words_of(text), languages)


def only_backchannels(words: list[str], languages: tuple[str, ...]) -> bool:
    """Whether these words are at most four backchannels in a row, and at least one."""
    return bool(words) and [] in _rests(words, _backchannels(languages), languages)


def may_become_backchannel(words: list[str], languages: tuple[str, ...]) -> bool:
    """Whether they are backchannels up to a last one that is only half heard: "cla", "sí de"."""
    rests = _rests(words, _backchannels(languages), languages)
    if any(may_become_one(tuple(rest), language) for rest in rests for language in languages):
        return True
    halves = [" ".join(rest) for rest in rests]
    return any(" ".join(phrase).startswith(half) for phrase in _backchannels(languages) for half in halves)


def may_become_remark(words: list[str], languages: tuple[str, ...]) -> bool:
    """Whether they may be the first words of a short remark on what she says, backchannels before it included."""
    openers = frozenset[str]().union(*(_REMARK_OPENERS.get(language, frozenset()) for language in languages))
    said = {spelled(opener) for opener in openers}
    rests = _rests(words, _backchannels(languages), languages)
    return any(len(rest) < _REMARK_WORDS and rest[:1] and rest[0] in said for rest in rests)


def sounds_like_backchannel(words: list[str], languages: tuple[str, ...]) -> bool:
    """Whether all of it together is nearly one backchannel: "entiando", "jabeo" for "ya veo"."""
    sound = "".join(map(spelled, words))
    return any(alike(sound, "".join(phrase)) for phrase in _backchannels(languages))


def claims_floor(words: list[str], languages: tuple[str, ...]) -> bool:
    """Whether a word or phrase among them asks for the floor; a long word may be misheard, as "espeda" for "espera".

    A word that asks something does when it is all that is said, or one of three words or more.
    """
    said = " ".join(words)
    asking = frozenset[str]().union(*(_QUESTIONS.get(language, frozenset()) for language in languages))
    if asking.intersection(words) and (len(words) == 1 or len(words) >= _FEWEST_IN_A_QUESTION):
        return True
    claims = _claims(languages)
    if any(f" {' '.join(phrase)} " in f" {said} " for phrase in claims):
        return True
    long = [phrase[0] for phrase in claims if len(phrase) == 1 and len(phrase[0]) >= _LONG_CLAIM]
    return any(alike(word, claim) for word in words for claim in long)


def is_assent(words: list[str], languages: tuple[str, ...]) -> bool:
    """Whether backchannels say yes: where she has just asked, they are the answer. Hums are none."""
    return only_backchannels(words, languages) and [] not in _rests(words, _HUMS)


def _rests(words: list[str], phrases: frozenset[tuple[str, ...]], remarks_in: tuple[str, ...] = ()) -> list[list[str]]:
    """Every rest that is left when up to `_MAX_BACKCHANNELS` phrases, or remarks in these languages, are taken off.

    Words said several times in a row count once: recognisers stutter over short sounds.
    """
    rests = [_without_rounds([sound for sound in map(spelled, words) if sound])]
    found = list(rests)
    for _ in range(_MAX_BACKCHANNELS):
        rests = [
            rest[size:]
            for rest in rests
            for size in range(1, len(rest) + 1)
            if tuple(rest[:size]) in phrases or any(is_remark(tuple(rest[:size]), each) for each in remarks_in)
        ]
        found += rests
    return found


def beyond_backchannels(words: list[str], languages: tuple[str, ...]) -> int:
    """How many words are left behind the backchannels that they begin with; rounds of the same words count once."""
    return min(map(len, _rests(words, _backchannels(languages), languages)))


def beyond_hums(words: list[str]) -> int:
    """The same behind mere sounds ("uy", "mm")."""
    return min(map(len, _rests(words, _HUMS)))


def _without_rounds(words: list[str]) -> list[str]:
    """Each run of the same words over and over, once: "vale muy bien vale muy bien vale" is "vale muy bien vale"."""
    kept: list[str] = []
    for word in words:
        kept.append(word)
        for size in range(1, _LONGEST_ROUND + 1):
            if kept[-size:] == kept[-2 * size : -size]:
                del kept[-size:]
                break
    return kept
