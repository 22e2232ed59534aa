"""A clip said for another writing of the same, and the file that holds it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.errors import AudioError
from enterprise_stream.speaking.library import Clip
from enterprise_stream.speaking.library.clip import clip_of, speech_of
from enterprise_stream.speaking.library.flac import decode, describe, encode
from enterprise_stream.speaking.library.memory import ClipMemory
from enterprise_stream.speaking.ports import Speech, Word
from enterprise_stream.speaking.speech_text import segments

from .clips import clips, key_of, same

SAME = (
    ("Abrimos a las 8:00 cada día.", "Abrimos a las 08:00 cada día.", "Abrimos a las ocho de la mañana cada día."),
    ("Son 120 € en total.", "Son ciento veinte euros en total.", "**Son** 120 € en total."),
)
texts = st.lists(
    st.sampled_from(["hola", "8:00", "120 €", "2.º", "😀", "¿qué", "tal?", "**muy**", "bien,", "—", "10 %", "y"]),
    min_size=1,
).map(" ".join)


def said(text: str) -> Clip:
    """The clip that a voice which says each written word in 100 ms would leave."""
    words = text.split()
    placed = tuple(Word(word, n * 100.0, n * 100.0 + 90.0) for n, word in enumerate(words))
    half = len(placed) // 2
    sound = np.arange(len(words) * 2_400, dtype=np.int16)
    pieces = (Speech(sound[: half * 2_400], placed[:half]), Speech(sound[half * 2_400 :], placed[half:]))
    return clip_of(pieces, segments(text, "es"), "es", key_of(text).spoken)


@pytest.mark.parametrize("ways", SAME, ids=lambda ways: ways[0])
def test_what_is_said_alike_has_one_key_and_keeps_its_writing(ways: tuple[str, ...]) -> None:
    assert len({key_of(way) for way in ways}) == 1
    clip = said(ways[0])
    for way in ways:
        speech = speech_of(clip, segments(way, "es"))
        assert " ".join(word.text for word in speech.words) == way
        assert speech.samples is clip.samples


@pytest.mark.parametrize("other", ["Abrimos a las 9:00 cada día.", "¿Abrimos a las 8:00 cada día?"])
def test_what_is_said_otherwise_has_another_key(other: str) -> None:
    assert key_of(other) != key_of(SAME[0][0])
    assert key_of(SAME[0][0], "en") != key_of(SAME[0][0], "es")


@settings(deadline=None)
@given(texts)
def test_words_keep_their_order_their_text_and_their_place(text: str) -> None:
    clip = said(text)
    words = speech_of(clip, segments(text, "es")).words
    assert " ".join(word.text for word in words) == text
    starts = [word.start_ms for word in words]
    assert starts == sorted(starts)
    assert all(0 <= word.start_ms <= word.end_ms <= clip.ms for word in words)
    for word, number in zip(words, range(len(words)), strict=True):
        plain = any(s.written == word.text and len(s.spoken.split()) == 1 for s in segments(text, "es"))
        if plain and text.split().count(word.text) == 1:
            assert word.start_ms == pytest.approx(number * 100.0)


def test_a_clip_of_other_words_does_not_fit() -> None:
    with pytest.raises(ValueError, match="fewer"):
        speech_of(said("hola"), segments("hola y adiós", "es"))
    with pytest.raises(ValueError, match="more"):
        speech_of(said("hola y adiós"), segments("hola", "es"))


def test_a_voice_that_leaves_words_out_leaves_no_clip() -> None:
    with pytest.raises(ValueError, match="left words out"):
        clip_of([Speech(np.zeros(9, np.int16))], segments("hola", "es"), "es", "hola")


@settings(deadline=None)
@given(clips)
def test_a_file_gives_back_the_very_clip(clip: Clip) -> None:
    data = encode(clip)
    assert same(decode(data), clip)
    assert describe(data)["samples"] == clip.samples.size


@settings(max_examples=200, deadline=None)
@given(clips, st.data())
def test_a_damaged_file_is_no_clip_or_the_very_clip(clip: Clip, data: st.DataObject) -> None:
    whole = encode(clip)
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = data.draw(st.sampled_from((whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])))
    try:
        found = decode(broken)
    except AudioError:
        return
    assert same(found, clip)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 60)), max_size=40))
def test_memory_holds_the_last_used_within_its_bound(puts: list[tuple[str, int]]) -> None:
    memory = ClipMemory(100)
    model: dict[str, int] = {}
    for name, size in puts:
        memory.put(name, "live", Clip(np.zeros(size, np.int16), (), "es", name))
        model.pop(name, None)
        if 2 * size <= 100:
            model[name] = 2 * size
        while sum(model.values()) > 100:
            del model[next(iter(model))]
        assert memory.size_bytes == sum(model.values())
        assert {n for n in "abcdef" if n in memory} == set(model)
