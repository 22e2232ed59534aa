"""Short remarks on what she says ("qué bonito", "sounds delicious", "me encanta"): their speaker is listening.

A remark is an appraising word, alone or after a frame ("qué", "muy", "that's so"). Words that guests ask about as
often as they praise them ("cerca", "barato") are none, and neither are frames that ask ("es", "is it").
A language that is not listed has no remarks. Words are as `spelling.spelled` has them.
"""

import re
from typing import Final

from enterprise_stream.conversation.spelling import spelled

_SUPERLATIVE: Final = re.compile(r"[^\W\d_]{2,}isim[oa]s?")
"""Spanish: "buenísimo", "riquísima"."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(map(spelled, listed.split()))


_APPRAISALS: Final = {
    "es": _words(
        """
        agradable alucinante apetecible bárbaro bestial bonita bonito brutal chévere chida chido chula chulo cierto
        claro clarísimo cómoda cómodo correcto curiosa curioso deliciosa delicioso divertida divertido encantador
        encantadora espectacular espléndida espléndido estupenda estupendo evidente excelente exquisita exquisito
        fabulosa fabuloso fácil fantástica fantástico fenomenal formidable genial gracioso gusto guay hermosa hermoso
        ideal ilusión impresionante increíble inmejorable interesante linda lindo lógico lujazo lujo magnífica magnífico
        maravilla maravillosa maravilloso mona mono normal obvio padre padrísimo pasada perfecta perfecto placer
        práctica práctico preciosa precioso rica rico romántico sensacional suerte súper superbién tentador tremendo
        bien bueno buena alegría detalle detallazo envidia barbaridad fuerte
        """
    ),
    "en": _words(
        """
        ace amazing awesome beautiful brilliant charming clear clever comfy convenient cool cosy cozy curious cute
        dandy delicious delightful divine dreamy easy excellent exciting exquisite fab fabulous fair fantastic fine fun
        funny generous good gorgeous grand great handy heavenly helpful ideal impressive incredible interesting logical
        lovely luxurious magical magnificent marvellous marvelous neat nice obvious outstanding perfect phenomenal
        pleasant posh reasonable romantic simple smart spectacular splendid stunning super superb sweet swell tasty
        tempting terrific thoughtful tremendous true unbelievable useful wicked wonderful yum yummy
        """
    ),
}


def _phrases(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(map(spelled, phrase.split())) for phrase in listed.split(","))


# What an appraisal may follow.
_FRAMES: Final = {
    "es": _phrases(
        ", qué, qué cosa más, qué cosa tan, muy, tan, súper, suena, suena muy, suena súper, eso suena, eso suena muy,"
        "eso está, eso está muy, está muy, esto está, me parece, me parece muy, eso es, eso es muy, pues, pues muy,"
        "pues qué, de lo más"
    ),
    "en": _phrases(
        ", so, very, really, quite, pretty, super, how, how very, that's, that's so, that's very, that's really,"
        "that's quite, that's pretty, that's super, that's just, that is, that is so, that is very, that is really,"
        "it's, it's so, it's very, it's really, sounds, sounds so, sounds very, sounds really, sounds pretty,"
        "that sounds, that sounds so, that sounds very, that sounds really, that sounds pretty, it sounds, looks,"
        "that looks"
    ),
}


_EXCLAIMS: Final = {
    "es": re.compile(r"que \S+ (?:mas|tan) (\S+)"),
    "en": re.compile(r"wat an? \S+(?: \S+)?"),
}
"""Of any thing: "qué sitio tan bonito", with an appraisal at the end; "what a view", "what a lovely place"."""

_EXCLAIMING: Final = {
    "es": re.compile(r"que(?: \S*(?: (?:m|ma|mas|t|ta|tan|(?:mas|tan) \S*))?)?"),
    "en": re.compile(r"wat(?: an?(?: \S+){0,2})?"),
}
"""The first words of such, the last of them half heard."""

# Remarks of their own.
_WHOLE: Final = {
    "es": _phrases(
        "me encanta, me gusta, me gusta mucho, me gusta eso, me encanta eso, eso me gusta, eso me encanta, me convence,"
        "tiene sentido, tiene mucho sentido, tiene lógica, menos mal, lo sé, lo imagino,"
        "me imagino, me lo imagino, ya me imagino, hala, ala, jo, jolín, ostras, toma, madre mía, dios mío, en serio,"
        "de verdad, da gusto, así da gusto, tal cual, total, sin duda, sin dudarlo, seguro, cómo no, te sigo, le sigo,"
        "la sigo, te escucho, le escucho, la escucho, sigue, siga, adelante, continúa, continúe, buen dato, buena idea,"
        "buena noticia, buenas noticias, buen precio, buen plan, buena pinta, qué buena pinta, tiene buena pinta,"
        "pinta bien, mucho mejor, tanto mejor, ningún problema,"
        "qué cosas, cosa buena, apuntado, anotado, tomo nota, me queda claro, queda claro, está claro"
    ),
    "en": _phrases(
        "i love it, i love that, love it, love that, i like it, i like that,"
        "fair point, good point, good idea, good news, good deal, good stuff, great news, great idea,"
        "you don't say, oh my, goodness, gosh, oh my gosh, oh my god, whoa,"
        "good to hear, great to hear, glad to hear it, glad to hear that, nice to hear, i'm listening, go ahead,"
        "carry on, keep going, go on then, i follow, i follow you, i'm with you, with you, point taken,"
        "that's all right, that's alright, true enough, by all means, naturally, obviously, clearly, precisely,"
        "quite, quite right, quite so, i bet, i'm sure, i'm sure it is, i can imagine, i imagine, i guess, i suppose,"
        "i suppose so, i guess so, i think so, me too, same here, much better, even better, all good, all clear,"
        "crystal clear, works for me, fine by me, fine with me, that works for me, how about that,"
        "that helps, cheers, ta, thanks a lot, many thanks, thank you so much, thank you very much, what a treat,"
        "what a dream, what a bargain, what a relief, what a deal, what a view, what a luxury, what a surprise,"
        "what a delight, what a pleasure, what a lovely idea, right you are, too right, mmhmm, righto"
    ),
}


def is_remark(words: tuple[str, ...], language: str) -> bool:
    """Whether all of these words together are one remark."""
    if not words or language not in _APPRAISALS:
        return False
    return words in _WHOLE[language] or _exclaims(words, language) or _appraises(words, language)


def _exclaims(words: tuple[str, ...], language: str) -> bool:
    found = _EXCLAIMS[language].fullmatch(" ".join(words))
    return found is not None and all(_is_appraisal(word, language) for word in found.groups())


def _appraises(words: tuple[str, ...], language: str) -> bool:
    *frame, last = words
    return tuple(frame) in _FRAMES[language] and _is_appraisal(last, language)


def _is_appraisal(word: str, language: str) -> bool:
    return word in _APPRAISALS[language] or (language == "es" and _SUPERLATIVE.fullmatch(word) is not None)


def may_become_one(words: tuple[str, ...], language: str) -> bool:
    """Whether they are the first words of a remark, the last of them half heard: "that sou", "me enc".

    A lone word is none: "precio" is more often a question than half of "precioso".
    """
    if not words or language not in _APPRAISALS:
        return False
    *frame, last = words
    if frame and tuple(frame) in _FRAMES[language] and any(word.startswith(last) for word in _APPRAISALS[language]):
        return True
    said = " ".join(words)
    if _EXCLAIMING[language].fullmatch(said):
        return True
    return any(" ".join(listed).startswith(said) for listed in (*_FRAMES[language], *_WHOLE[language]))
