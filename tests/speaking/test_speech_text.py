"""What is written, and what is said for it."""

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enterprise_stream.speaking.number_words import LARGEST, english, english_ordinal, spanish, spanish_ordinal
from enterprise_stream.speaking.speech_text import segments, spoken_text
from enterprise_stream.testing.speech_page import main
from enterprise_stream.thinking.phrases import PhraseSplitter

HERE = Path(__file__).parent
MIN_CASES = 300


def _cases(name: str) -> list[tuple[str, str, str, str]]:
    """Language, region, written, said."""
    language = name.split(".")[-2]
    groups = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return [(language, group.get("region", "ES"), *case) for group in groups for case in group["cases"].items()]


CASES = [*_cases("speech_text.es.yaml"), *_cases("speech_text.en.yaml")]
ALL_CASES = [
    *CASES,
    *(
        case
        for name in ("held_out", "third_look")
        for language in ("es", "en")
        for case in _cases(f"{name}.{language}.yaml")
    ),
]
WHOLE_BLOCK_ONLY = "~~~"
"""A fence that is understood in a whole text only."""


@pytest.mark.parametrize(("language", "region", "written", "said"), ALL_CASES)
def test_a_labelled_case(language: str, region: str, written: str, said: str) -> None:
    assert spoken_text(written, language, region) == said


@pytest.mark.parametrize("size", [1, 3, 7])
def test_what_comes_in_pieces_is_said_as_the_whole_is(size: int) -> None:
    """The splitter never parts what a rule reads as one: every clause by itself, joined, says what the text says."""
    different = {}
    for language, region, written, said in ALL_CASES:
        splitter = PhraseSplitter()
        pieces = [written[at : at + size] for at in range(0, len(written), size)]
        clauses = [clause for piece in pieces for clause in splitter.feed(piece)] + splitter.flush()
        spoken = " ".join(filter(None, (spoken_text(clause, language, region) for clause in clauses)))
        if spoken != said and not written.startswith(WHOLE_BLOCK_ONLY):
            different[written] = (clauses, spoken)
    assert different == {}


def test_the_page_of_examples_is_up_to_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(HERE.parents[1])
    assert main(["--check"]) == 0, "run `python -m enterprise_stream.testing.speech_page --write`"
    assert main(["--check", "--page", str(tmp_path / "page.md")]) == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_there_are_enough_cases(language: str) -> None:
    assert len({case[2] for case in CASES if case[0] == language}) >= MIN_CASES


def test_what_is_said_is_said_the_same_when_it_is_read_again() -> None:
    again = {said: spoken_text(said, language, region) for language, region, _, said in ALL_CASES}
    assert {said: found for said, found in again.items() if found != said} == {}


def test_every_written_word_belongs_to_one_stretch() -> None:
    for language, region, written, _ in ALL_CASES:
        assert " ".join(segment.written for segment in segments(written, language, region)).split() == written.split()


def test_a_stretch_keeps_the_words_as_written() -> None:
    found = segments("De 120 € la (2ª)  noche", "es")
    assert [(segment.written, segment.spoken) for segment in found] == [
        ("De", "De"),
        ("120 €", "ciento veinte euros"),
        ("la", "la"),
        ("(2ª)", "(segunda)"),
        ("noche", "noche"),
    ]


def test_a_tag_with_a_region_wins_over_the_region() -> None:
    assert spoken_text("$20", "es-MX", "ES") == spoken_text("$20", "es", "MX") == "veinte pesos"


@pytest.mark.parametrize("text", ["32/13", "25:70", "99:00", "0/0/0000", "1-2-3-4", "٣ noches", "²", "1" * 9000])
def test_what_looks_like_something_else(text: str) -> None:
    for language in ("es", "en"):
        assert " ".join(segment.written for segment in segments(text, language)) == text


def test_another_language_is_only_cleaned() -> None:
    assert spoken_text("**Bonjour** 2026 😀", "fr") == "Bonjour 2026"


PIECES = st.sampled_from(
    [
        "120 €", "$1,500.50", "10:30", "8 a. m.", "15/08/2026", "+34 600 123 456", "**", "*", "_", "`", "```", "[",
        "](",
        ")", "<b>", "</", ">", "#", "|", "---", "https://x.es/a?b=c", "www.casas.es", "info@casas.es", "a.b.c", "😀",
        "🇪🇸",
        "1️⃣", "½", "²", "Ⅳ", "٣", "第", "²³", "1.", "3.5", "Sr.", "Avda.", "C/", "nº", "°", "ª", "%", "‰", "$", "£",
        "&",
        "&nbsp;", "&#49;", "...", "…", "—", "-",
        "\\", "{", "}", "^", "~", "~~", "=", "+", "\n", "\t", "\u00a0", "\u200b",
        "\u0301", "la 1", "las 21", "II", "May 1", "1st", "hola", "the", "1/2", "x", "00", "999999999999", "1,5", "://",
        "\ud800", "ﬁ", "①", "Ⓐ", "𝟘", "𝐚", "ʰ", "€1M", "24/7", "3B", "VT-4821", ".es", "x.y.z", "@a", "#1",
    ]
)  # fmt: skip
TEXTS = st.text(max_size=60) | st.lists(PIECES | st.sampled_from(["", " "]), max_size=14).map("".join)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["es", "en"]), st.sampled_from(["ES", "MX", "US"]))
@example("\ufe0f\u20e3", "es", "ES")
@example("⅐", "es", "ES")
def test_nothing_for_the_screen_is_ever_said(text: str, language: str, region: str) -> None:
    said = spoken_text(text, language, region)
    assert not any(character.isdigit() or (character.isnumeric() and not character.isalpha()) for character in said)
    assert not set(said) & set("*_`~#<>|[]{}\\^=+€$£%&@/°ªº\n\t")
    assert not re.search(r"[\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\ufe0f\u200d\u20e3]", said)
    assert not re.search(r"\w\.\w|://", said)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["es", "en", "fr"]))
def test_every_text_keeps_its_words(text: str, language: str) -> None:
    found = segments(text, language)
    assert [word for segment in found for word in segment.written.split()] == text.split()
    assert all(segment.spoken == " ".join(segment.spoken.split()) for segment in found)


PLAIN = {
    "es": "hola, buenos días; tenemos una casa muy cerca de la playa con piscina, desayuno y terraza. ¡Claro que sí!",
    "en": "hello, we don't have a house close to the beach; it's with a pool, and breakfast on the terrace. Of course!",
}


@pytest.mark.parametrize("language", ["es", "en"])
@settings(deadline=None)
@given(data=st.data())
def test_plain_words_are_said_as_written(language: str, data: st.DataObject) -> None:
    text = " ".join(data.draw(st.lists(st.sampled_from(PLAIN[language].split()), max_size=20)))
    assert spoken_text(text, language) == text


@pytest.mark.parametrize(
    "unit",
    ["1 ", "- ", "[ ", "**a ", "1.", "las 1 ", "a@", "a.", "<a ", "``` ", "1-", "12/", "€ ", "hola ", "@", "( ", "1:",
     "~~ ", "https://", "www.", "1 € - ", "J. ", "&a", ":a",
     "1", "a1", "1,", "a-", "A", "[", "<", "`", "(", "\u0301", "II", "+1"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["es", "en"])
def test_time_grows_with_the_length_and_no_faster(unit: str, language: str) -> None:
    def took(count: int) -> float:
        text = unit * count
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            segments(text, language)
            best = min(best, time.process_time() - began)
        return best

    took(10)
    assert took(800) < 16 * max(took(200), 0.005)  # 4 times the length; quadratic time is 16 times


@settings(deadline=None)
@given(st.integers(0, LARGEST))
def test_numbers_have_words(number: int) -> None:
    said = [spanish(number), spanish(number, feminine=True), english(number), english(number, hundred_and=False)]
    for words in [*said, english_ordinal(number)]:
        assert words == " ".join(words.split())
        assert words.replace(" ", "").replace("-", "").isalpha()


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "cero"), (16, "dieciséis"), (100, "cien"), (101, "ciento uno"), (1000, "mil"), (21_000, "veintiún mil")],
)
def test_spanish_cardinals(number: int, said: str) -> None:
    assert spanish(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "primer"),
        (2, "segundo"),
        (3, "tercer"),
        (13, "decimotercer"),
        (21, "vigésimo primer"),
        (140, "ciento cuarenta"),
    ],
)
def test_spanish_ordinals_before_a_noun(number: int, said: str) -> None:
    assert spanish_ordinal(number, before_noun=True) == said


@pytest.mark.parametrize(("number", "said"), [(1, "first"), (12, "twelfth"), (20, "twentieth"), (45, "forty-fifth")])
def test_english_ordinals(number: int, said: str) -> None:
    assert english_ordinal(number) == said
