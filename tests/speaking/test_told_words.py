"""Where words sound, by what a service tells of what it says."""

import numpy as np

from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word
from enterprise_stream.speaking.speech_text import Segment, segments
from enterprise_stream.speaking.told_words import Mark, Sounded, ToldSpeech, ToldWords

CLAUSE = segments("Cuesta 120 € hoy.", "es")
MARKS = [Mark("Cuesta ", 0, 300), Mark("ciento veinte ", 300, 700), Mark("euros ", 700, 900), Mark("hoy.", 900, 1000)]


def placed(words: ToldWords, *, until_ms: float = 1e9) -> list[tuple[str, int, int]]:
    return [(word.text, round(word.start_ms), round(word.end_ms)) for word in words.begun(0, until_ms)]


def told(*marks: Mark, said: tuple[Segment, ...] = CLAUSE) -> ToldWords:
    words = ToldWords()
    words.say(said)
    for mark in marks:
        words.hear(mark)
    return words


def test_a_number_lies_where_its_words_do() -> None:
    words = placed(told(*MARKS))
    assert (words[1][1], words[2][2]) == (300, 900)
    assert [words[0], words[-1]] == [("Cuesta", 0, 300), ("hoy.", 900, 1000)]


def test_it_does_not_matter_how_the_service_cuts_its_words() -> None:
    letters = [
        Mark(letter, mark.start_ms + n * step, mark.start_ms + (n + 1) * step)
        for mark in MARKS
        for step in [(mark.end_ms - mark.start_ms) / len(mark.text.strip())]
        for n, letter in enumerate(mark.text.strip())
    ]
    assert [word[0] for word in placed(told(*letters))] == ["Cuesta", "120", "€", "hoy."]


def test_words_come_once_they_have_begun() -> None:
    words = told(*MARKS)
    assert [word.text for word in words.begun(0, 300)] == ["Cuesta"]
    assert [word.text for word in words.begun(300, 301)] == ["120", "€"]
    assert [word.text for word in words.rest(1000)] == ["hoy."]


def test_a_word_that_is_told_in_two_messages_takes_its_own_letters_only() -> None:
    words = told(Mark("Cue", 0, 150))
    (cuesta,) = words.begun(0, 200)
    assert cuesta == Word("Cuesta", 0, 200)
    for mark in (Mark("sta", 150, 300), *MARKS[1:]):
        words.hear(mark)
    assert words.begun(200, 400)[0].start_ms == 300


def test_what_the_service_tells_too_late_is_put_where_the_sound_is() -> None:
    (cuesta, *_) = told(*MARKS).begun(500, 600)
    assert cuesta.start_ms == 500


def test_words_that_are_not_said_have_no_length() -> None:
    said = segments("Hola 😀 adiós", "es")
    assert placed(told(Mark("Hola", 0, 200), Mark("adiós", 200, 400), said=said)) == [
        ("Hola", 0, 200),
        ("😀", 200, 200),
        ("adiós", 200, 400),
    ]


def tone(ms: float) -> bytes:
    return np.full(round(ms * SAMPLE_RATE / 1000), 5_000, "<i2").tobytes()


def quiet(ms: float) -> bytes:
    return bytes(2 * round(ms * SAMPLE_RATE / 1000))


def speech(*heard: Sounded) -> list[Speech]:
    clause = ToldSpeech()
    clause.say(CLAUSE)
    return [piece for piece in (*map(clause.hear, heard), clause.end()) if piece is not None]


def test_the_silence_in_front_is_cut_and_the_words_move_with_the_sound() -> None:
    shifted = tuple(Mark(mark.text, mark.start_ms + 500, mark.end_ms + 500) for mark in MARKS)
    pieces = speech(Sounded(quiet(500), shifted), Sounded(tone(1_000)))
    words = {word.text: word for piece in pieces for word in piece.words}
    assert round(words["Cuesta"].start_ms) == 15
    assert round(words["hoy."].start_ms) == 915


def test_a_sample_may_be_cut_in_two() -> None:
    data = tone(100)
    whole = sum(piece.samples.size for piece in speech(Sounded(data)))
    assert sum(piece.samples.size for piece in speech(Sounded(data[:777]), Sounded(data[777:]))) == whole


def test_a_service_that_tells_nothing_gets_its_words_at_the_end() -> None:
    pieces = speech(Sounded(tone(1_000)))
    assert [word.text for word in pieces[-1].words] == ["Cuesta", "120", "€", "hoy."]
    assert {word.start_ms for word in pieces[-1].words} == {1_000}
