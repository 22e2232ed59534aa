"""Phrases as guests say them, and how they stand at a pause."""

import pytest

from enterprise_stream.conversation.endings import Ending, ending

OPEN = {
    "es": """
        Hola
        Hola, buenas tardes.
        Buenos días
        Tengo una duda.
        Una pregunta
        Hay un problema con la ducha.
        Mire
        Seis uno dos
        Es el 961 223
        ge a erre
        Se escribe ge, a, erre, ce, i, a.
        Del quince
        Quería reservar
        Del quince de agosto
        Desde el dos de mayo
        El código de mi reserva es F4
        Necesito toallas, sábanas
    """,
    "en": """
        Hello
        Hello there.
        Good afternoon
        I have a question.
        One more thing
        There is a problem with the shower.
        Excuse me
        Well
        six one two
        It's 961 223
        G, R, T
        It's spelled G, R, A
        From the fifteenth
        I would like to book
        From the second of May
        From the twenty first
        Between the 3rd
        My booking code is F4
        I need towels, sheets
    """,
}
HANGING = {
    "es": """
        Quería saber el
        Mi correo es ana punto lópez
        El correo es reservas arroba
        Está a nombre de
        Se escribe
        Pues
        Eh
        El móvil es 612 34 56
    """,
    "en": """
        I wanted to know the
        My email is anna dot lopez
        The email is bookings at
        It's under the name of
        It's spelled
        I mean
        Um
        My phone number is 555 01
    """,
}
WHOLE = {
    "es": """
        ¿Cuánto cuesta el ático?
        ¿A qué hora es la salida?
        Y el desayuno, ¿está incluido el domingo?
        ¿Hay wifi en todas las casas?
        ¿Me puede decir la dirección?
        No, nada más, gracias.
        Sí, por favor
        Eso es todo.
        Hola. ¿Dónde puedo aparcar?
    """,
    "en": """
        How much is the penthouse?
        What time is check-out?
        Do you take dogs?
        And is breakfast included?
        No, that's all, thank you.
        Yes, please
        That's all.
        Hello. Where can I park?
        How do I get there from the airport?
        Is it far from the beach?
    """,
}
PLAIN = {
    "es": """
        Para dos personas.
        El quince de agosto
        Quiero cancelar mi reserva.
        No sé.
        Sí
        Sí, claro
        Llegamos el lunes
        La 204
        Dos noches más
        Hay un problema con la ducha, no sale agua caliente.
        Mi teléfono es el 612 345 678
        Mi correo es ana punto lópez arroba gmail punto com
        Del tres al cinco de agosto
    """,
    "en": """
        For two people.
        The fifteenth of August
        I want to cancel my booking.
        I don't feel well.
        Yes
        Yes, of course
        We arrive on Monday
        204
        Two more nights
        My phone number is 612 345 678
        My email is anna dot lopez at gmail dot com
        From the third to the fifth of August
    """,
}


def _cases(kind: Ending, phrases: dict[str, str]) -> list[tuple[str, str, Ending]]:
    return [
        (language, line.strip(), kind)
        for language, lines in phrases.items()
        for line in lines.split("\n")
        if line.strip()
    ]


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        *_cases(Ending.HANGING, HANGING),
        *_cases(Ending.OPEN, OPEN),
        *_cases(Ending.PLAIN, PLAIN),
        *_cases(Ending.WHOLE, WHOLE),
    ],
)
def test_stands_so(language: str, text: str, kind: Ending) -> None:
    assert ending(text, language) is kind


@pytest.mark.parametrize("text", ["", " ", "?", "..", "¿?"])
@pytest.mark.parametrize("language", ["es", "en", "eu"])
def test_nothing_tells_nothing(language: str, text: str) -> None:
    assert ending(text, language) is Ending.PLAIN


def test_punctuation_speaks_every_language() -> None:
    assert ending("Bai,", "eu") is Ending.HANGING
    assert ending("Bai", "eu") is Ending.PLAIN
