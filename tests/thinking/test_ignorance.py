"""Answers that say that she does not know, and answers that only sound like it."""

import pytest

from enterprise_stream.thinking.ignorance import admits_ignorance


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("es", "No lo sé; puede llamar a la oficina, al 960 000 100."),
        ("es", "Lo siento, no tengo esa información."),
        ("es", "No dispongo de datos sobre eso. ¿Le doy el teléfono de la oficina?"),
        ("es", "No sé si hay cuna, pero la oficina se lo dirá."),
        ("es", "Eso no me consta."),
        ("es", "No puedo confirmarle la disponibilidad de bicicletas."),
        ("es", "No le sabría decir."),
        ("en", "I don't know that, but the office will."),
        ("en", "I’m not sure. Would you like the office's number?"),
        ("en", "I don't have any information about bikes."),
        ("en", "I'm afraid I don't know."),
        ("en", "I can't confirm that."),
    ],
)
def test_that_she_does_not_know(language: str, answer: str) -> None:
    assert admits_ignorance(answer, language)


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("es", "No, no se admiten gatos."),
        ("es", "No se preocupe, aviso a mantenimiento."),
        ("es", "No tenemos gimnasio, pero hay uno en el pueblo."),
        ("es", "La entrada es a las 16:00; no tiene que llamar antes."),
        ("es", "No hace falta tarjeta."),
        ("en", "No, pets are not allowed."),
        ("en", "You don't have to call before you come."),
        ("en", "I know just the place for you."),
        ("fr", "Je ne sais pas."),
    ],
)
def test_that_she_knows(language: str, answer: str) -> None:
    assert not admits_ignorance(answer, language)
