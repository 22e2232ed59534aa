"""The splitter: nothing is lost, the first clause is short, sentences stay whole, and chunks do not matter."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enterprise_stream.speaking.say_as.tables import tables
from enterprise_stream.thinking.phrases import CLAUSE_MAX_CHARS, LONGEST_CHARS, PhraseSplitter


def _split(*pieces: str) -> list[str]:
    splitter = PhraseSplitter()
    return [clause for piece in pieces for clause in splitter.feed(piece)] + splitter.flush()


def test_the_first_clause_ends_at_the_first_comma_and_later_ones_with_their_sentence() -> None:
    clauses = _split("Sí, claro, tenemos sitio. Son cien euros, con desayuno. ¿Le reservo?")
    assert [clause.strip() for clause in clauses] == [
        "Sí, claro,", "tenemos sitio.", "Son cien euros, con desayuno.", "¿Le reservo?",
    ]  # fmt: skip


def test_a_first_clause_is_not_clipped() -> None:
    assert _split("Sí, ")[0] == "Sí, "
    assert [c.strip() for c in _split("Por supuesto, hay sitio.")] == ["Por supuesto,", "hay sitio."]


def test_a_clause_is_given_as_soon_as_it_is_whole() -> None:
    splitter = PhraseSplitter()
    assert splitter.feed("Buenos días.") == []  # may go on: "Buenos días..."
    assert splitter.feed(" ¿Qué") == ["Buenos días."]
    assert splitter.flush() == [" ¿Qué"]
    assert splitter.flush() == []


@pytest.mark.parametrize("text", ["Por supuesto, ", "Claro que sí. ", "¡Hola! ", "Tenemos sitio: "])
def test_a_clause_waits_for_no_more_than_the_blank_after_it(text: str) -> None:
    assert PhraseSplitter().feed(text) == [text.rstrip()]


WHOLE = [
    "El Sr. García llega hoy", "Vive en la Avda. del Puerto", "Mr. Smith and Dr. Jones", "Cuesta 1.250 euros", "3.5 km",
    "La entrada es a las 10:30 en punto", "Con el Sr. López y la Sra. Pons", "Vea www.x.com hoy mismo",
    "Son 1.500 € la semana", "a las 8 a. m. o a las 8 p. m. en punto", "**Villa Malvarrosa. La mejor** de todas",
    "[Nuestra guía. Completa](https://x.es/a, b) está aquí", "1. Villa Malvarrosa", "  2. Loft Azul",
    "p. ej. la terraza", "EE. UU. y Canadá", "aprox. 20 minutos", "núm. 5", "No. 5 Main St. in town",
    "J. R. López viene",
    "`a. b` es código", "<a href=\"x. y\">la web</a> está aquí", "on August 15, 2026 we open", "a las 8:00 — 11:00 h",
    "toallas, etc. y más"[9:], "el art. 5 y la pág. 21", "_Ojo. Mucho_ cuidado", "llame al tel. 960 000 112",
    "la hab. 204 y la esc. 2", "e.g. soap", "i.e. tomorrow", "Apt. 4 on the fl. 2",
    "```\ncódigo. Más\n\ncódigo\n```", "9 a.m. to 5 p.m. daily",
]  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_what_belongs_together_stays_together(text: str) -> None:
    assert _split(text) == _split(*text) == [text]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("No. Lo siento mucho.", ["No.", "Lo siento mucho."]),
        ("Abre a las 8 a. m. El desayuno, antes.", ["Abre a las 8 a. m.", "El desayuno, antes."]),
        ("Toallas y etc. Hay más.", ["Toallas y etc.", "Hay más."]),
        ("Son 3. Hay sitio.", ["Son 3.", "Hay sitio."]),
        ("**Hola.** Hay sitio.", ["**Hola.**", "Hay sitio."]),
        ("**Claro,** hay sitio.", ["**Claro,**", "hay sitio."]),
        ("Mire [aquí](https://x.es/a). Hay más.", ["Mire [aquí](https://x.es/a).", "Hay más."]),
        ("Mire: ```x. y``` Ya está.", ["Mire:", "```x. y```", "Ya está."]),
        ("1. Uno\n2. Dos", ["1. Uno", "2. Dos"]),
        ("5 * 3 son 15. Claro.", ["5 * 3 son 15.", "Claro."]),
        ("**sin cerrar. Hay más.\nOtra", ["**sin cerrar.", "Hay más.", "Otra"]),
        ("Menos de < 5. Hay más.", ["Menos de < 5.", "Hay más."]),
    ],
)
def test_where_a_sentence_ends(text: str, clauses: list[str]) -> None:
    assert [clause.strip() for clause in _split(text)] == clauses


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_short_form_that_is_read_out_ends_a_clause_before_what_belongs_to_it(language: str) -> None:
    """The voice's tables and the splitter's are held together here, since neither package may import the other."""
    words = tables(language)
    assert words is not None
    for form in words.titles:
        if form.endswith(".") and form not in ("s.", "ft."):
            assert _split(f"Vive con {form.capitalize()} López aquí") == [f"Vive con {form.capitalize()} López aquí"], (
                form
            )
    for form in words.short:
        if form.endswith("."):
            assert _split(f"Es el {form} 5 de aquí") == [f"Es el {form} 5 de aquí"], form


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_colon_parts_a_code_from_the_word_that_says_it_is_one(language: str) -> None:
    words = tables(language)
    assert words is not None
    for word in words.codes:
        text = f"Es {word}: 4821"
        assert _split(*text) == [text], word


def test_a_long_clause_is_cut_at_a_blank() -> None:
    text = "palabra " * 100
    clauses = _split(text)
    assert len(clauses) > 1
    assert all(len(clause) <= CLAUSE_MAX_CHARS for clause in clauses[:-1])
    assert all(clause.split()[0] == "palabra" for clause in clauses)


def test_a_long_clause_is_not_cut_inside_a_number() -> None:
    assert all(
        not clause.endswith("1") for clause in _split("x" * (CLAUSE_MAX_CHARS - 8) + " de 1 500 € al mes" * 9)[:-1]
    )


def test_a_word_without_end_is_cut_all_the_same() -> None:
    assert max(len(clause) for clause in _split("a" * 1_000)) <= LONGEST_CHARS


def test_long_code_is_given_in_parts_that_are_each_code() -> None:
    clauses = _split("Mire:\n```py\n" + "x = 1. y\n" * 200 + "```\nYa está.")
    assert [clause.strip() for clause in clauses][0 :: len(clauses) - 1] == ["Mire:", "Ya está."]
    assert all(clause.lstrip().startswith("```") for clause in clauses[1:-1])
    assert len(clauses) > 4


def test_a_line_ends_a_clause() -> None:
    assert [clause.strip() for clause in _split("Primero esto\nluego lo otro")] == ["Primero esto", "luego lo otro"]


PIECES = st.sampled_from(
    [
        "Hola", "sí", "a", "B", "1", "10", "2026", " ", " ", " ", "\n", ".", ".", ",", ",", ":", ";", "—", "…", "...",
        "?", "!",
        '"', "»", ")", "(", "**", "*", "__", "_", "`", "```", "~~", "[", "](", "![", "<", "<b>", "</b>", ">", "Sr.",
        "Avda.", " a. m.", " p.m.", "etc.", "No.", "J.", "1.", "€", "www.x.com", "https://x.es/a?b=c,d", "10:30",
        "1.500", "3.5", "¿",
        "😀", "\t", "\u00a0", "una palabra larga ", "p. ej.", "EE. UU.", "x" * 50, "la casa " * 8, "c" * 130,
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=500)


def _plain(text: str) -> bool:
    return "```" not in text


@settings(deadline=None)
@given(TEXTS, st.lists(st.integers(1, 40), min_size=1, max_size=20))
@example("**a. b", [1])
@example("``" + "x. " * 200, [7])
def test_pieces_do_not_change_the_clauses(text: str, sizes: list[int]) -> None:
    """However a brain cuts its text, the same clauses come out."""
    pieces, at, index = [], 0, 0
    while at < len(text):
        size = sizes[index % len(sizes)]
        pieces.append(text[at : at + size])
        at, index = at + size, index + 1
    assert _split(*pieces) == _split(text) == _split(*text)


@settings(deadline=None)
@given(TEXTS.filter(_plain))
def test_what_is_said_is_what_was_written(text: str) -> None:
    clauses = _split(*text)
    assert "".join(clauses).rstrip() == text.rstrip()
    assert all(clause.strip() for clause in clauses)


@settings(deadline=None)
@given(TEXTS)
def test_no_clause_is_longer_than_a_voice_takes(text: str) -> None:
    assert all(len(clause.strip()) <= 400 for clause in _split(*text))


@pytest.mark.parametrize(
    "unit", ["a ", "a. b ", "**", "[", "` ", "<a ", "```", "1. ", ", ", "x", "_a ", "Sr. ", "[a](", "~~a "]
)
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def took(count: int) -> float:
        best = float("inf")
        for _ in range(3):
            splitter = PhraseSplitter()
            began = time.process_time()
            for _ in range(count):
                splitter.feed(unit)
            splitter.flush()
            best = min(best, time.process_time() - began)
        return best

    took(10)
    assert took(800) < 16 * max(took(200), 0.005)  # 4 times the length; quadratic time is 16 times
