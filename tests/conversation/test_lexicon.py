"""Phrases as guests say them, and whether they call for more."""

import pytest

from enterprise_stream.conversation.lexicon import is_unfinished, words_of

UNFINISHED = {
    "es": """
        Quería saber el
        Quería saber
        Me gustaría
        Me gustaría reservar para
        Sí, para
        No, mi nombre es
        Quiero una habitación con
        Necesito
        Necesito una
        Es que
        Tengo que
        Quiero que
        Una habitación para dos personas y
        Del 3 al
        El 15 de
        Desde el lunes hasta el
        Mi nombre es
        Me llamo
        Somos
        Pues...
        Sí, pero
        A ver
        Por ejemplo
        O sea
        Hola, buenas,
        Y también quiero
        Lo que pasa es que
        Una cosa más, quería
        ¿Tienen habitaciones con
        ¿Y me puede decir si
        ¿A qué hora es el?
        Quería preguntar cuánto
        Quería preguntar cuánto cuesta.
        Quería saber cuánto vale
        Me puede decir a qué
        No sé si
        La habitación más
        Eh
        Mi teléfono es el 612
        El móvil es 612 34 56
    """,
    "en": """
        I would like
        I'd like to book a
        I want to
        I'd like to
        No, my name is
        Yes, I need
        I was wondering
        I need
        I want to know if
        Can you tell me when
        My name is
        A room for two and
        From the 3rd to the
        Well, um
        And
        Because
        Do you have a room with the?
        I think that
        What is the price of
        It's
        Hello there,
        We're
        My phone number is 555 01
    """,
}
FINISHED = {
    "es": """
        ¿Cuánto cuesta?
        ¿Cuánto?
        ¿Y eso cuánto es?
        ¿Cuándo?
        ¿Cuál es?
        ¿Para qué?
        ¿Y tú?
        ¿Y?
        ¿De dónde eres?
        ¿Algo más?
        ¿Es con desayuno o sin?
        ¿Qué es esto?
        ¿A qué hora es el desayuno?
        ¿Tienen piscina
        No, nada más.
        Nada más
        Dos noches más
        Una noche más.
        A la una.
        Sólo una
        Así es.
        Eso es
        No sé cuándo.
        No sé por qué
        Eso es lo que quiero.
        Sí, la necesito.
        Prefiero este.
        Sí, pues.
        ¡Para!
        Para
        No, en junio.
        Gracias.
        Sí
        No.
        Para dos personas
        Del 3 al 5 de agosto
        Me llamo Ana García
        Mi teléfono es el 612 34 56 78
        El móvil es el +34 612 345 678.
        Perdón
    """,
    "en": """
        How much is it?
        What is it for?
        Who should I ask for?
        What is it like?
        Where are you from?
        Is breakfast included
        I want to check in
        We are checking in.
        I think so.
        Yes, it is.
        Yes, I do.
        No, we can.
        Go on.
        I don't know when.
        Thanks for that.
        That's all I need.
        Whatever you like
        I'd love to.
        I don't want to.
        I'm not sure which
        Of course.
        Two nights
        Nothing else, thanks.
        My phone number is 555 0100 99
        No
    """,
}


def _cases(phrases: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (language, line.strip()) for language, lines in phrases.items() for line in lines.split("\n") if line.strip()
    ]


@pytest.mark.parametrize(("language", "text"), _cases(UNFINISHED))
def test_calls_for_more(language: str, text: str) -> None:
    assert is_unfinished(text, language)


@pytest.mark.parametrize(("language", "text"), _cases(FINISHED))
def test_is_whole(language: str, text: str) -> None:
    assert not is_unfinished(text, language)


@pytest.mark.parametrize("language", ["es", "en", "eu"])
@pytest.mark.parametrize("text", ["", " ", "?", "¡!", "."])
def test_nothing_is_whole(language: str, text: str) -> None:
    assert not is_unfinished(text, language)


def test_an_unknown_language_has_no_such_words() -> None:
    assert not is_unfinished("Eta", "eu")
    assert is_unfinished("Eta,", "eu"), "punctuation speaks every language"


def test_words_lose_case_and_punctuation() -> None:
    assert words_of("¡Hola! I’m here, don't_go—ÁÉ 3.") == ["hola", "i'm", "here", "don't", "go", "áé", "3"]
