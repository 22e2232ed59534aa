"""What is written, and what is said for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.speaking.number_words import english, english_ordinal, spanish, spanish_ordinal
from enterprise_stream.speaking.speech_text import segments, spoken_text

SPANISH = {
    "Cuesta 120 € la noche.": "Cuesta ciento veinte euros la noche.",
    "120€/noche": "ciento veinte euros por noche",
    "Son 1.250,50 € en total": "Son mil doscientos cincuenta euros con cincuenta en total",
    "De 120-150 € por noche.": "De ciento veinte a ciento cincuenta euros por noche.",
    "€85, 1 €, 0,50 €": "ochenta y cinco euros, un euro, cincuenta céntimos",
    "La entrada es a las 15:00.": "La entrada es a las tres de la tarde.",
    "a la 1, a las 13:30, a las 21": "a la una, a la una y media de la tarde, a las veintiuna",
    "a las 12:00 o a las 00:00": "a las doce del mediodía o a las doce de la noche",
    "Abrimos a las 9:05 h.": "Abrimos a las nueve y cinco de la mañana.",
    "Horario: 8:00–11:00": "Horario: las ocho a las once de la mañana",
    "de 8:00 a 11:00 y de las 12:30 a las 15:00": (
        "de las ocho a las once de la mañana y de las doce y media del mediodía a las tres de la tarde"
    ),
    "10:00-14:00": "las diez de la mañana a las dos de la tarde",
    "Llame al 960 000 112.": "Llame al nueve seis cero, cero cero cero, uno uno dos.",
    "+34 600123456": "más tres cuatro, seis cero cero, uno dos tres, cuatro cinco seis",
    "El 15/08/2026 o el 3/9": "El quince de agosto de dos mil veintiséis o el tres de septiembre",
    "el 2026-08-15": "el quince de agosto de dos mil veintiséis",
    "el 1 de enero de 2027": "el uno de enero de dos mil veintisiete",
    "21 noches, 21 días, 1 habitación": "veintiuna noches, veintiún días, una habitación",
    "200 personas y 101 casas": "doscientas personas y ciento una casas",
    "120 m², a 2,5 km, -3 °C": "ciento veinte metros cuadrados, a dos coma cinco kilómetros, menos tres grados",
    "1 h y 10 min, 300 Mbps": "una hora y diez minutos, trescientos megas",
    "IVA incluido (21%).": "IVA incluido (veintiuno por ciento).",
    "la 1ª planta, el 3er piso, el 2º": "la primera planta, el tercer piso, el segundo",
    "2–4 personas": "dos a cuatro personas",
    "abierto 24/7": "abierto las veinticuatro horas",
    "C/ Mayor nº 5, WiFi & parking": "calle Mayor número cinco, guifi y parking",
    "toallas, sábanas, etc.": "toallas, sábanas, etcétera.",
    "código VT-4821": "código VT cuatro mil ochocientos veintiuno",
    "un PIN 0042": "un PIN cero cero cuatro dos",
    "1.000.000 de euros": "un millón de euros",
}
ENGLISH = {
    "It costs €120 per night.": "It costs one hundred and twenty euros per night.",
    "120 €/night": "one hundred and twenty euros per night",
    "$1,250.50": "one thousand two hundred and fifty dollars and fifty cents",
    "Check-in is at 15:00.": "Check-in is at three P M.",
    "8:00-11:00 or 8-11 a.m.": "eight to eleven A M or eight to eleven A M.",
    "8:30 pm, 12:00, 00:00": "eight thirty P M, noon, midnight",
    "from 8:00 to 11:00, from 8 to 11 p.m.": "from eight to eleven A M, from eight to eleven P M.",
    "Call 960 000 112": "Call nine six zero, zero zero zero, one one two",
    "August 15, 2026 or the 3rd of May": "August fifteenth, twenty twenty-six or May third",
    "the 22nd floor": "the twenty-second floor",
    "in 2026, 1,999 rooms": "in twenty twenty-six, one thousand nine hundred and ninety-nine rooms",
    "85 m², 2.5 km, 15% off": "eighty-five square metres, two point five kilometres, fifteen percent off",
    "2-4 people": "two to four people",
    "towels & more, e.g. soap": "towels and more, for example soap",
}


@pytest.mark.parametrize(("written", "said"), SPANISH.items())
def test_spanish(written: str, said: str) -> None:
    assert spoken_text(written, "es") == said


@pytest.mark.parametrize(("written", "said"), ENGLISH.items())
def test_english(written: str, said: str) -> None:
    assert spoken_text(written, "en") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Hola**, soy _Sandra_ 😀", "Hola, soy Sandra"),
        ("## Título", "Título"),
        ("- una cosa", "una cosa"),
        ("`código` y <b>negrita</b>", "código y negrita"),
        ("[la guía](https://x.es/a?b=c) aquí", "la guía aquí"),
        ("vea https://x.es/a?b=c.", "vea el enlace."),
        ("en www.casas.es, hoy", "en nuestra página web, hoy"),
        ("a info@casas-turia.es.", "a info arroba casas guion turia punto es."),
        ("😀 👍🏽 ✅", ""),
        ("---", ""),
        ("Sí — claro…", "Sí — claro…"),
        ("", ""),
    ],
)
def test_what_is_for_the_screen_stays_there(written: str, said: str) -> None:
    assert spoken_text(written, "es") == said


def test_a_stretch_keeps_the_words_as_written() -> None:
    found = segments("De 120 € la (2ª)  noche", "es")
    assert [(segment.written, segment.spoken) for segment in found] == [
        ("De", "De"),
        ("120 €", "ciento veinte euros"),
        ("la", "la"),
        ("(2ª)", "(segunda)"),
        ("noche", "noche"),
    ]


@pytest.mark.parametrize("text", ["32/13", "25:70", "99:00", "0/0/0000", "1-2-3-4", "٣ noches", "²", "1" * 9000])
def test_what_looks_like_something_else(text: str) -> None:
    for language in ("es", "en"):
        assert " ".join(segment.written for segment in segments(text, language)) == text


def test_another_language_is_only_cleaned() -> None:
    assert spoken_text("**Bonjour** 2026 😀", "fr") == "Bonjour 2026"


@given(
    st.text(alphabet="aeñ 0123456789.,:;-–/()€$%²º*_[]@+<>|\n\t😀wh.es", max_size=60) | st.text(max_size=40),
    st.sampled_from(["es", "en", "fr"]),
)
def test_every_text_keeps_its_words_and_loses_its_markup(text: str, language: str) -> None:
    found = segments(text, language)
    assert [word for segment in found for word in segment.written.split()] == text.split()
    said = " ".join(segment.spoken for segment in found)
    assert not set(said) & set("*_`#<>|😀")
    if language != "fr":
        assert not set(said) & set("0123456789€%")


@given(st.integers(0, 999_999_999))
def test_numbers_have_words(number: int) -> None:
    for words in (spanish(number), spanish(number, feminine=True), english(number), english_ordinal(number)):
        assert words == " ".join(words.split())
        assert words.replace(" ", "").replace("-", "").isalpha()


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "cero"), (16, "dieciséis"), (100, "cien"), (101, "ciento uno"), (1000, "mil"), (21_000, "veintiún mil")],
)
def test_spanish_cardinals(number: int, said: str) -> None:
    assert spanish(number) == said


@pytest.mark.parametrize(("number", "said"), [(1, "primer"), (2, "segundo"), (3, "tercer"), (40, "cuarenta")])
def test_spanish_ordinals_before_a_noun(number: int, said: str) -> None:
    assert spanish_ordinal(number, before_noun=True) == said


@pytest.mark.parametrize(("number", "said"), [(1, "first"), (12, "twelfth"), (20, "twentieth"), (45, "forty-fifth")])
def test_english_ordinals(number: int, said: str) -> None:
    assert english_ordinal(number) == said
