"""Whatever is said: an answer, one end, in bounded work."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprise_stream.engines.retrieval.dates import parse_stay
from enterprise_stream.engines.retrieval.dialogue import Dialogue
from enterprise_stream.engines.retrieval.embedder import DIMENSIONS, MAX_CHARS, E5Embedder, Vectors
from enterprise_stream.engines.retrieval.engine import clauses
from enterprise_stream.engines.retrieval.index import Index
from enterprise_stream.engines.retrieval.state import DialogueState
from enterprise_stream.engines.retrieval.text import fold, with_digits
from enterprise_stream.thinking.knowledge import load_knowledge

from .conftest import KNOWLEDGE, Talk

WORDS = " ".join(
    (
        "quiero reservar el ático loft villa del 3 al 10 de agosto mayo no sí somos cuatro personas me llamo Ana",
        "en junio mañana el viernes ¿cuánto cuesta? noches book the from to of August my name is we are two",
        "tomorrow weekend cancel perro parking 31 de febrero 99 0 sí, correcto gracias y , . ? el 31",
    )
).split()


def fake_vectors(texts: list[str]) -> Vectors:
    """Unit vectors that depend on the text alone; the model is not what is tested here."""
    rows = [np.random.default_rng(abs(hash(text)) % 2**32).normal(size=DIMENSIONS) for text in texts]
    stacked = np.array(rows, np.float32).reshape(len(texts), DIMENSIONS)
    result: Vectors = stacked / np.linalg.norm(stacked, axis=1, keepdims=True)
    return result


INDEX = Index(load_knowledge(KNOWLEDGE), lambda texts: fake_vectors(list(texts)))
TURN = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TURN, min_size=1, max_size=6), st.sampled_from(["es", "en"]))
def test_never_raises_and_always_says_something(turns: list[str], language: str) -> None:
    state = DialogueState()
    for text in turns:
        dialogue = Dialogue(INDEX, language, lambda said: fake_vectors([said])[0])
        reply = dialogue.reply(text, state, date(2028, 2, 29))
        assert reply.text.strip()
        assert "{" not in reply.text
        assert "".join(clauses(reply.text)) == reply.text
        state = reply.state
        booking = state.booking
        if booking is not None and booking.arrival is not None and booking.departure is not None:
            assert date(2028, 2, 29) <= booking.arrival < booking.departure


async def test_a_text_of_64_kib_costs_what_a_long_sentence_costs(guest: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    plain = E5Embedder.__call__

    def counted(self: E5Embedder, texts: list[str]) -> Vectors:
        lengths.extend(len(text[:MAX_CHARS]) for text in texts)
        return plain(self, texts)

    monkeypatch.setattr(E5Embedder, "__call__", counted)
    assert await guest("es").say("¿cuánto cuesta el ático? " * 2_700)
    assert lengths
    assert len(lengths) <= 8
    assert max(lengths) <= MAX_CHARS


TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("language", "said", "arrival", "departure"),
    [
        ("es", "del 3 al 10 de agosto", "2027-08-03", "2027-08-10"),
        ("es", "del treinta y uno de julio al dos de agosto", "2027-07-31", "2027-08-02"),
        ("es", "la semana del quince", "2026-12-15", "2026-12-22"),
        ("es", "de viernes a domingo", "2026-11-27", "2026-11-29"),
        ("es", "entre el 3 y el 10 de junio", "2027-06-03", "2027-06-10"),
        ("es", "del 28 de diciembre al 2 de enero", "2026-12-28", "2027-01-02"),
        ("es", "mañana, dos noches", "2026-11-22", "2026-11-24"),
        ("es", "el fin de semana del 14 de marzo", "2027-03-12", "2027-03-14"),
        ("en", "from the third to the tenth of June", "2027-06-03", "2027-06-10"),
        ("en", "August 3-10", "2027-08-03", "2027-08-10"),
        ("en", "next weekend", "2026-11-27", "2026-11-29"),
        ("en", "twenty-first of July for a week", "2027-07-21", "2027-07-28"),
    ],
)
def test_spoken_stays(language: str, said: str, arrival: str, departure: str) -> None:
    stay = parse_stay(with_digits(fold(said), language), TODAY)
    assert (stay.arrival, stay.departure) == (date.fromisoformat(arrival), date.fromisoformat(departure))


@pytest.mark.parametrize(
    "said", ["31 de febrero", "a las tres de la tarde", "May I bring a dog", "somos cuatro", "once"]
)
def test_what_is_no_date_is_none(said: str) -> None:
    assert parse_stay(with_digits(fold(said), "es"), TODAY).arrival is None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_dates_never_raise_and_never_lie_in_the_past(text: str) -> None:
    stay = parse_stay(with_digits(fold(text), "es"), TODAY)
    if stay.arrival is not None and stay.departure is not None:
        assert stay.arrival < stay.departure
