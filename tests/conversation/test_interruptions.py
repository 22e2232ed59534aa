"""What speech over an answer is, from what is known of it: one table, and what always holds."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.conversation.echo import hers
from enterprise_stream.conversation.interruptions import InterruptionPolicy, Overlap, Verdict, judge
from enterprise_stream.conversation.lexicon import words_of

POLICY = InterruptionPolicy()
SAYING = tuple(words_of("El desayuno se sirve de siete a once en la terraza, y los domingos hasta las doce."))
HEARD = Overlap(
    text="",
    sure=True,
    whole=False,
    spoken_ms=300,
    level_db=0.0,
    saying=SAYING,
    asked=False,
    doubtful=False,
    sounding=True,
    languages=("es",),
)
LONG = POLICY.talk_over_ms


@pytest.mark.parametrize(
    ("text", "known", "verdict"),
    [
        ("", {}, "open"),
        ("", {"whole": True}, "listens"),
        ("ajá", {}, "listens"),
        ("ajá", {"whole": True, "spoken_ms": 5000}, "listens"),
        ("espera", {}, "takes_floor"),
        ("sí, espera", {}, "takes_floor"),
        ("espera", {"doubtful": True, "level_db": -20.0}, "takes_floor"),
        ("precio", {}, "open"),
        ("precio", {"spoken_ms": LONG}, "open"),
        ("precio tres noches", {}, "takes_floor"),
        ("precio tres noches", {"level_db": None}, "open"),
        ("precio", {"whole": True}, "listens"),
        ("precio", {"whole": True, "spoken_ms": LONG}, "takes_floor"),
        ("precio", {"whole": True, "spoken_ms": LONG, "doubtful": True}, "listens"),
        ("precio del", {}, "open"),
        ("o sea o sea o sea", {}, "open"),
        ("dígame el precio", {}, "open"),
        ("dígame el precio", {"whole": True}, "takes_floor"),
        ("dígame el precio total", {}, "takes_floor"),
        ("dígame el precio total", {"doubtful": True}, "open"),
        ("dígame el precio total ya", {"doubtful": True}, "takes_floor"),
        ("pero efectos", {"sure": False, "whole": True}, "listens"),
        # what the recogniser says over and over, and backchannels before half a word
        ("vale y perso", {}, "open"),
        ("vale muy bien vale muy bien vale muy bien", {}, "listens"),
        ("bien hecho bien hecho bien hecho", {}, "open"),
        ("uy te rico", {"whole": True}, "listens"),
        ("uy cuna y toallas", {"whole": True}, "takes_floor"),
        ("cómo", {}, "takes_floor"),
        ("qué milagro", {}, "open"),
        ("y cuánto cuesta", {}, "takes_floor"),
        ("cla", {"spoken_ms": LONG}, "open"),
        ("sí de", {"spoken_ms": LONG}, "open"),
        ("sí quiero", {}, "open"),
        ("sí quiero el", {}, "open"),
        ("sí quiero el grande", {}, "takes_floor"),
        ("espera", {"sure": False, "doubtful": True}, "takes_floor"),
        ("espera", {"sure": False, "doubtful": True, "level_db": None}, "open"),
        # a sound that the recogniser has made words of
        ("a Bali", {"sure": False, "whole": True, "spoken_ms": LONG - 1}, "listens"),
        ("a Bali", {"sure": False, "spoken_ms": LONG - 1}, "open"),
        ("tienen en piso", {"sure": False, "spoken_ms": LONG}, "takes_floor"),
        ("tienen en piso", {"sure": False, "spoken_ms": LONG, "doubtful": True}, "open"),
        ("no, no", {"sure": False}, "takes_floor"),
        ("y si no", {"sure": False, "level_db": -15.0}, "open"),
        ("espeda", {"sure": False}, "takes_floor"),
        ("entiando", {"whole": True}, "listens"),
        ("jabeo", {"whole": True}, "listens"),
        # words that the recogniser is not sure of
        ("espera", {"doubted": {"espera"}, "unsure": {"espera"}}, "open"),
        ("espera", {"doubted": {"espera"}, "unsure": {"espera"}, "whole": True}, "listens"),
        ("espera", {"doubted": {"espera"}, "unsure": {"espera"}, "spoken_ms": LONG}, "takes_floor"),
        ("espera", {"unsure": {"espera"}}, "takes_floor"),
        ("o sea espera", {"doubted": {"o", "sea"}, "unsure": {"o", "sea"}}, "takes_floor"),
        ("un buen momento", {"doubted": {"buen"}, "unsure": {"buen"}}, "open"),
        ("a qué voy", {"doubted": {"a", "qué"}, "unsure": {"a", "qué"}}, "open"),
        ("precio tres noches", {"unsure": {"precio"}}, "open"),
        ("precio tres noches", {"unsure": {"precio"}, "whole": True}, "listens"),
        ("dígame el precio total", {"unsure": {"dígame"}, "whole": True}, "takes_floor"),
        ("precio", {"unsure": {"precio"}, "streamed": True}, "open"),
        ("de siete a once espera", {"doubted": {"espera"}, "unsure": {"espera"}}, "listens"),
        ("de siete a once en la quiero pan recién", {}, "takes_floor"),
        ("de siete a once en la quiero pan recién", {"unsure": {"recién"}}, "listens"),
        # a recogniser that streams
        ("precio", {"streamed": True}, "takes_floor"),
        ("precio", {"streamed": True, "doubtful": True}, "takes_floor"),
        ("precio", {"streamed": True, "level_db": -POLICY.quiet_db - 1}, "open"),
        ("precio", {"streamed": True, "level_db": None}, "open"),
        ("precio", {"streamed": True, "sure": False}, "open"),
        ("desayuno", {"streamed": True}, "open"),
        ("sí", {"streamed": True}, "listens"),
        ("cla", {"streamed": True, "spoken_ms": LONG}, "open"),
        ("olvídalo", {"streamed": True, "whole": True}, "takes_floor"),
        # she does not sound yet
        ("precio", {"sounding": False, "saying": ()}, "takes_floor"),
        ("vale", {"sounding": False, "saying": ()}, "listens"),
        # she has asked
        ("sí", {"asked": True}, "takes_floor"),
        ("vale, perfecto", {"asked": True, "whole": True}, "takes_floor"),
        ("mm", {"asked": True, "whole": True}, "listens"),
        ("sí", {"asked": True, "whole": True, "doubtful": True, "saying": ("sí", "queda", "una")}, "takes_floor"),
        # nobody knows the words
        ("", {"spoken_ms": LONG - 1}, "open"),
        ("", {"spoken_ms": LONG}, "takes_floor"),
        ("", {"spoken_ms": LONG, "doubtful": True}, "open"),
        ("", {"spoken_ms": LONG, "level_db": -POLICY.quiet_db - 1}, "open"),
        ("", {"spoken_ms": LONG, "level_db": None}, "takes_floor"),
        # her own voice
        ("sirve de siete a once", {"whole": True}, "listens"),
        ("se sirve de seite a once en la terrassa", {"whole": True, "level_db": None}, "listens"),
        ("de siete a once espera un momento", {}, "takes_floor"),
        ("de siete a once sí", {}, "listens"),
        ("el desayuno se sirve el desayuno se sir", {"level_db": -10.0}, "listens"),
        ("y si se sirve de siete", {"whole": True, "level_db": -10.0}, "listens"),
        ("de siete a once espera", {"level_db": -10.0}, "listens"),
        ("a decirme de siete a un silencio", {"whole": True, "level_db": -10.0}, "listens"),
        ("a decirme de siete a un silencio", {"whole": True}, "takes_floor"),
        ("de siete a once espera", {}, "takes_floor"),
        ("de siete a once quiero otra cosa", {"level_db": -10.0}, "open"),
        ("¿mañana domingos?", {"whole": True}, "listens"),
        ("¿domingos?", {"whole": True, "spoken_ms": LONG}, "takes_floor"),
        ("¿domingos?", {"whole": True, "spoken_ms": LONG, "level_db": -15.0}, "listens"),
        ("¿domingos?", {"whole": True, "spoken_ms": LONG, "doubtful": True}, "listens"),
        ("siete pisos tiene esa casa", {"level_db": None}, "takes_floor"),
        ("siete pisos tiene esa", {"level_db": None}, "open"),
        ("¿y el sábado también?", {"whole": True}, "takes_floor"),
    ],
)
def test_what_it_is(text: str, known: dict[str, object], verdict: Verdict) -> None:
    assert judge(POLICY, replace(HEARD, text=text, **known)) == verdict  # type: ignore[arg-type]


words = st.lists(
    st.sampled_from(["sí", "vale", "mm", "de", "acuerdo", "espera", "precio", "siete", "once", "terraza", "no"]),
    max_size=6,
).map(" ".join)
overlaps = st.builds(
    Overlap,
    text=words,
    sure=st.booleans(),
    whole=st.booleans(),
    spoken_ms=st.floats(0, 3000),
    level_db=st.none() | st.floats(-40, 10),
    saying=st.just(SAYING) | st.just(()),
    asked=st.booleans(),
    doubtful=st.booleans(),
    sounding=st.booleans(),
    languages=st.sampled_from([("es",), ("en", "es"), ("eu",)]),
)
some_words = st.frozensets(st.sampled_from(["sí", "espera", "precio", "siete", "no"]))


@settings(deadline=None)
@given(overlaps)
def test_what_is_whole_is_decided(heard: Overlap) -> None:
    assert judge(POLICY, replace(heard, whole=True)) != "open"


@settings(deadline=None)
@given(overlaps)
def test_more_doubt_never_stops_her(heard: Overlap) -> None:
    sure, unsure = replace(heard, doubtful=False), replace(heard, doubtful=True)
    if judge(POLICY, unsure) == "takes_floor":
        assert judge(POLICY, sure) == "takes_floor"


@settings(deadline=None)
@given(overlaps, some_words, some_words)
def test_a_word_less_sure_never_stops_her_before_her_guest_has_talked_for_long(
    heard: Overlap, unsure: frozenset[str], doubted: frozenset[str]
) -> None:
    heard = replace(heard, spoken_ms=min(heard.spoken_ms, POLICY.talk_over_ms - 1))
    if judge(POLICY, replace(heard, unsure=unsure | doubted, doubted=doubted)) == "takes_floor":
        assert judge(POLICY, heard) == "takes_floor"


@settings(deadline=None)
@given(overlaps, st.floats(0, 3000))
def test_longer_speech_never_loses_the_floor(heard: Overlap, more: float) -> None:
    longer = replace(heard, spoken_ms=heard.spoken_ms + more)
    if judge(POLICY, heard) == "takes_floor":
        assert judge(POLICY, longer) == "takes_floor"


@settings(deadline=None)
@given(st.integers(0, len(SAYING) - 3), st.integers(3, 8), st.booleans(), st.booleans())
def test_her_own_words_never_stop_her(start: int, size: int, whole: bool, doubtful: bool) -> None:
    text = " ".join(SAYING[start : start + size])
    assert judge(POLICY, replace(HEARD, text=text, whole=whole, doubtful=doubtful, spoken_ms=3000)) == "listens"


@settings(deadline=None)
@given(words)
def test_without_her_words_nothing_is_echo(text: str) -> None:
    assert hers(text.split(), ()) == []


@settings(deadline=None)
@given(words)
def test_what_is_hers_is_in_her_order(text: str) -> None:
    heard = text.split()
    found = hers(heard, SAYING)
    assert found == sorted(set(found))
    said = iter(SAYING)
    assert all(heard[index] in said for index in found), "every word is found after the one before it"


def test_misheard_words_are_hers_and_other_short_words_are_not() -> None:
    assert hers(["terrassa", "domingo", "te"], ("terraza", "domingos", "de")) == [0, 1]
