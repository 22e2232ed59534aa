"""Words that tell whether a phrase is over, per language; those over an answer are in `floor_words.py`.

A language that is not listed has no such words, so there only sound and silence decide. The lists lean to where an
error costs less: to wait a moment for a guest who has finished is better than to speak over one who has not, but a
phrase that guests often end with ("a la una", "nada más", "I want to check in") must not be waited for.
"""

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def _lexicon(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _phrases(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(phrases)))


# --- words that cannot end a phrase -----------------------------------------------------------------------------

_OPEN_WORDS = {
    "es": _lexicon(
        """a al ante aunque cada como con contra cuando cuya cuyo de del desde digamos donde e el em en entre es esto
        este hacia hasta la las le les lo los me mi mientras mis muy más ni nos nuestra nuestro o para pero por porque
        pues que querría quería quisiera quiero se según si sin sino sobre su sus tan te tu tus u un una unas unos
        y necesito llamo somos cuál cuáles cuándo cuánta cuántas cuánto cuántos cómo dónde quién qué eh ehm em mmm hmm
        arroba punto guion guión"""
    ),
    "en": _lexicon(
        """a about an and are as at because but by can could do does dot for from hmm how i if in into is like mmm my
        need of on or our so than the their to uh uhm um umm erm was were want when where which who whose with would
        your i'm i'd i'll it's we're"""
    ),
}
# The same, where it takes more than the last word to know.
_OPEN_ENDINGS = {
    "es": _phrases(
        "(?:quería|quisiera|quiero|gustaría|necesito) saber",
        "(?:saber|preguntar|preguntarle|preguntarte|consultar) cuánto (?:cuesta|cuestan|vale|valen|es|sería|cobran)",
        *("me gustaría", "por ejemplo", "o sea", "a ver", "a nombre de", "mi apellido es", "se escribe"),
        "mi (?:nombre|apellido|tel[eé]fono|m[oó]vil|n[uú]mero|correo)",
        "(?:es que|pues|mira|a ver) bueno",
    ),
    "en": _phrases(
        "(?:think|say|said|hope|guess|mean|is|know) that",
        "i would like",
        "i was wondering",
        "for example",
        "i mean",
        "my (?:name|surname|(?:phone |mobile )?number|phone|mobile|email|booking code)",
        "you know",
        "let me see",
        "let's see",
        "in the name",
        "under the name",
        "spelled",
    ),
}
# Where the last word is of the lists above and the phrase is whole all the same.
_WHOLE_ENDINGS = {
    "es": _phrases(
        "(?:nada|algo|alguien|alguno|alguna|no|una?o?|dos|tres|noches?|días?|personas?|veces|vez|poco|mucho) más",
        "(?:la|s[oó]lo|solamente) una",
        "(?:sé|sabe|sabes|saber|dime|dígame|diga|ni) (?:cuál|cuáles|cuándo|cuánt[oa]s?|cómo|dónde|quién|qué)",
        "(?:por|para) qué",
        "(?:así|eso|qué|cuánto|cómo|dónde|cuál|quién|este|esta|ese|esa) es",
        "(?:lo|la|los|las|que|cuando) (?:quiero|necesito|quería)",
        "(?:prefiero|quiero|con|en) este",
        "(?:sí|claro|ya|bueno) pues",
        "^para",
        "^para para",
        "creo que si",
    ),
    "en": _phrases(
        "(?:check|checks|checking|checked|come|breakfast|bring it|count me) in",
        "(?:go|come|hold|later|carry|moving) on",
        "(?:think|hope|guess|suppose|believe) so",
        "(?:know|sure|matter|say) (?:how|when|where|which|who)",
        "(?:yes|yeah|no|sure|course) (?:i|we|you|it|they|there|he|she) (?:is|are|was|were|do|does|can|could|would)",
        "(?:what|whatever|all|if|as) (?:you|i|we|they) (?:like|want|need)",
        "where (?:i'm|we're|you're) from",
        "what (?:it's|it is|that's|that is) for",
        "(?:love|if you want|don't want|don't have|didn't want) to",
        "of course",
    ),
}
# Words that even a question does not end with; all others of the lists above may ("What is it for?", "¿Cuánto?").
_NEVER_ASKED = {
    "es": _lexicon(
        """a al ante aunque cada con contra de del desde e el en entre hacia hasta la las lo los mi mis nuestra
        nuestro o para pero porque que según si su sus tan tu tus u un unas unos y"""
    ),
    "en": _lexicon("a an and because but if into my or our than the their your i'd i'll i'm we're"),
}
# A telephone number in progress: nine digits are the fewest that are taken to be all of it.
_DICTATED = re.compile(r"(?:tel[eé]fono|m[oó]vil|celular|whatsapp|phone|cell|mobile)\D*((?:\d\W*)+)$", re.IGNORECASE)
_PHONE_DIGITS = 9
_TAIL = 100  # characters that hold any such ending


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def is_unfinished(text: str, language: str) -> bool:
    """Whether the last words call for more: a trailing "…" or comma, a word that cannot end a phrase, half a number."""
    trimmed = text.rstrip()
    if trimmed.endswith(("...", "…", ",", "-", "–", "—")):
        return True
    words = words_of(trimmed)
    if not words or language not in _OPEN_WORDS:
        return False
    if trimmed.endswith(("?", "!")):
        return len(words) > 1 and words[-1] in _NEVER_ASKED[language]
    dictated = _DICTATED.search(trimmed[-_TAIL:])
    if dictated is not None:
        digits: str = dictated.group(1)
        return sum(c.isdigit() for c in digits) < _PHONE_DIGITS
    said = " ".join(words)[-_TAIL:]
    if _ends_with(_OPEN_ENDINGS[language], said):
        return True
    return words[-1] in _OPEN_WORDS[language] and not _ends_with(_WHOLE_ENDINGS[language], said)


def _ends_with(phrases: re.Pattern[str], said: str) -> bool:
    return re.search(rf"(?:^| )(?:{phrases.pattern})$", said) is not None
