"""Words over an answer: those that only listen, those that ask for the floor, those that answer her question."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.conversation.floor_words import (
    claims_floor,
    is_assent,
    is_backchannel,
    may_become_backchannel,
    only_backchannels,
)
from enterprise_stream.conversation.lexicon import words_of

BACKCHANNELS = {
    "es": """
        Ajá
        Ajá.
        Sí
        Sí, sí, sí
        Sííí
        Mmm
        Mmmm...
        Vale, vale
        De acuerdo
        Ah, vale, de acuerdo.
        Ya veo
        Muy bien, perfecto
        Claro que sí
        Entiendo
        ¿Sí?
        Bale.
        Aja, aja.
        Ah, ah, ah, ah, ah, ah
    """,
    "en": """
        Uh-huh
        Mm-hmm
        Yeah
        Yeah, yeah, yeah
        I see
        Oh, I see.
        Right, got it
        Of course
        Okay, great
        Sounds good
        Hmmm
    """,
}
ON_WHAT_SHE_SAYS = {
    "es": """
        Qué bonito
        Ah, qué rico.
        Suena muy bien
        Eso está muy bien.
        Me encanta
        Tiene sentido
        Qué sitio más bonito
        ¡Qué casa tan preciosa!
        Vale, me gusta.
        Madre mía
    """,
    "en": """
        That sounds delicious
        Oh, how charming.
        What a view
        What a lovely place
        I can imagine
        Fair point
        So cosy
        Okay, love that.
        Go ahead
    """,
}
REMARKS = {
    "es": """
        No
        ¿Es bonito?
        Qué precio
        Qué precio más
        ¿Qué piscina tan grande?
        Muy cerca
        Bonito precio
        Tiene piscina
        Me gustaría reservar
        Casísima no, la otra
        Espera
        Sí, pero en junio
        Para
        Perdona
        Sí, quiero reservar
        ¿Cómo?
        ¿Qué?
        Bueno, otra cosa
        Sí, vale, claro, bueno, perfecto
        Gracias, adiós
        De
    """,
    "en": """
        No
        Stop
        Wait
        Yes, but in June
        How much
        What a
        What about a cot
        What a nice place, how much is it
        Is it nice
        That's wrong
        I love that but how much
        I
        It
        See you
        Got
        Sorry?
        Right, what about parking
    """,
}
CLAIMS = {
    "es": """
        Espera
        Espera, espera
        No, no
        Para, por favor
        Perdona, una pregunta
        Sí, pero ¿cuánto cuesta?
        Un momento
        ¿Qué?
    """,
    "en": """
        Wait
        No no no
        Hold on a second
        Sorry, what was that?
        Okay, but how much is it?
        Excuse me
    """,
}


def _cases(phrases: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (language, line.strip()) for language, lines in phrases.items() for line in lines.split("\n") if line.strip()
    ]


@pytest.mark.parametrize(("language", "text"), _cases(BACKCHANNELS))
def test_only_says_i_am_listening(language: str, text: str) -> None:
    assert is_backchannel(text, language)
    assert is_backchannel(text, "eu", language), "in any of the languages"
    assert not claims_floor(words_of(text), (language,))


@pytest.mark.parametrize(("language", "text"), _cases(ON_WHAT_SHE_SAYS))
def test_a_short_remark_on_what_she_says_is_listening(language: str, text: str) -> None:
    assert is_backchannel(text, language)
    assert not is_backchannel(text, {"es": "en", "en": "es"}[language]), "a language's own"
    assert not is_backchannel(text, "eu")
    said = " ".join(words_of(text))
    for size in range(1, len(said) + 1):
        assert may_become_backchannel(said[:size].split(), (language,)), said[:size]


@pytest.mark.parametrize(("language", "text"), [("es", "Delicioso"), ("es", "¡Guapísimas!"), ("en", "Gorgeous!")])
def test_an_appraisal_alone_is_listening_and_half_of_it_is_a_word_like_others(language: str, text: str) -> None:
    assert is_backchannel(text, language)
    assert not may_become_backchannel([words_of(text)[0][:-2]], (language,))


@pytest.mark.parametrize(("language", "text"), _cases(REMARKS))
def test_wants_the_floor(language: str, text: str) -> None:
    assert not is_backchannel(text, language)


@pytest.mark.parametrize(("language", "text"), _cases(CLAIMS))
def test_asks_for_the_floor_in_so_many_words(language: str, text: str) -> None:
    assert claims_floor(words_of(text), (language,))
    assert not is_backchannel(text, language)


@pytest.mark.parametrize(("language", "text"), _cases(BACKCHANNELS))
def test_half_a_backchannel_may_become_one(language: str, text: str) -> None:
    said = " ".join(words_of(text))
    for size in range(1, len(said) + 1):
        assert may_become_backchannel(said[:size].split(), (language,)), said[:size]


@pytest.mark.parametrize(
    ("text", "languages", "may"),
    [
        ("cla", ("es",), True),
        ("sí de", ("es",), True),
        ("sí quiero", ("es",), False),
        ("cuánto", ("es",), False),
        ("", ("es",), True),
        ("bai", ("eu",), False),
        ("no", ("en",), False),
    ],
)
def test_what_may_become_a_backchannel(text: str, languages: tuple[str, ...], may: bool) -> None:
    assert may_become_backchannel(text.split(), languages) is may


@pytest.mark.parametrize("text", ["", " ", "?", "¡!", "."])
def test_silence_is_no_backchannel(text: str) -> None:
    assert not is_backchannel(text, "es", "en")


def test_an_unknown_language_has_no_such_words() -> None:
    assert not is_backchannel("bai", "eu")
    assert not is_backchannel("mm", "eu")
    assert not claims_floor(["espera"], ("eu",))


@pytest.mark.parametrize(
    ("text", "says_yes"),
    [
        ("sí", True),
        ("vale, perfecto", True),
        ("ah, sí", True),
        ("mm", False),
        ("ah", False),
        ("no", False),
        ("", False),
    ],
)
def test_what_answers_a_question(text: str, says_yes: bool) -> None:
    assert is_assent(words_of(text), ("es",)) is says_yes


@settings(deadline=None)
@given(st.lists(st.sampled_from(["sí", "vale", "mm", "claro", "de", "acuerdo", "espera", "precio"]), max_size=6))
def test_a_backchannel_is_made_of_backchannels(words: list[str]) -> None:
    if only_backchannels(words, ("es",)):
        assert not {"espera", "precio"} & set(words)
        assert may_become_backchannel(words[:-1], ("es",))
