"""Names and numbers of guests are told from what anybody may hear."""

import pytest

from enterprise_stream.speaking.library import Discretion

PUBLIC = ("El Ático Ruzafa cuesta 120 € la noche.", "Llame al 960 000 100.", "I am Sandra of Casas del Turia.")


@pytest.mark.parametrize(
    "text",
    [
        "Queda anotada, Marta.", "a nombre de Marta Ruiz.", "Perfecto, Jon.", "Marta,", "under the name O'Neill.",
        "Le llamamos al 612 34 56 78.", "ana@example.com", "Perfect. I have noted it, Luis.",
        "Gracias, Marta: un momento.",
    ],
)  # fmt: skip
def test_what_may_be_about_one_guest(text: str) -> None:
    assert Discretion(PUBLIC)(text)


@pytest.mark.parametrize(
    "text",
    [
        "El Ático Ruzafa cuesta 1008 € en agosto.", "Llame al 960 000 100.", "¿En qué le ayudo?", "Claro, enseguida.",
        "I'm sorry, I can't.", "Son 1.250 € en total: del 3 al 10 de agosto.", "Muy bien. Hablemos de Casas del Turia.",
        "Yes, of course. I am Sandra.", "Dígame una fecha, por ejemplo: «¿El sábado?»",
    ],
)  # fmt: skip
def test_what_anybody_may_hear(text: str) -> None:
    assert not Discretion(PUBLIC)(text)
