"""Services that speak ElevenLabs' protocol in ways of their own: what they leave out, and how they end."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.engines.answering import answering

from enterprise_stream.engines.elevenlabs import ElevenLabsVoice
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import nobody_counts

PCM = (8_000 * np.sin(np.arange(24 * 400) * 0.1)).astype("<i2").tobytes()
"""400 ms."""

CHARS = {"chars": list("Hola."), "charStartTimesMs": [0, 60, 120, 180, 240]}
PLACED = CHARS | {"charDurationsMs": [60] * 5}


def audio(pcm: bytes, **more: Any) -> dict[str, Any]:
    return {"audio": base64.b64encode(pcm).decode()} | more


END = {"isFinal": True}
WAYS: dict[str, Sequence[Any]] = {
    "as documented": (audio(PCM, isFinal=False, alignment=PLACED, normalizedAlignment=PLACED), END | {"audio": None}),
    "an empty end": (audio(PCM, isFinal=None, alignment=PLACED), END | {"audio": ""}),
    "no alignment": (audio(PCM), END),
    "only the normalized alignment": (audio(PCM, alignment=None, normalizedAlignment=PLACED), END),
    "durations by another name": (audio(PCM, alignment=CHARS | {"charsDurationsMs": [60] * 5}), END),
    "no durations": (audio(PCM, alignment=CHARS), END),
    "fractions of a ms": (audio(PCM, alignment=PLACED | {"charStartTimesMs": [0.5, 60, 120.5, 180, 241]}), END),
    "an alignment without characters": (
        audio(PCM, alignment={"chars": [], "charStartTimesMs": [], "charDurationsMs": []}), END,
    ),
    "the alignment apart from its sound": ({"audio": None, "alignment": PLACED}, audio(PCM), END),
    "samples cut in two": (audio(PCM[:1_001], alignment=PLACED), audio(PCM[1_001:]), END),
    "the last sound with the end": (audio(PCM[:9_600], alignment=PLACED), audio(PCM[9_600:], isFinal=True)),
    "no end but the close": (audio(PCM), audio(PCM, alignment=PLACED)),
    "fields and messages that are new": ({"mood": 1}, audio(PCM, contextId="c", alignment=PLACED), END),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_clause_is_said_with_its_words(way: str) -> None:
    def answers(message: dict[str, Any]) -> Sequence[Any] | None:
        return WAYS[way] if message.get("text") == "" else None

    async with (
        answering(answers, close=1000) as url,
        ElevenLabsVoice("key-1234567890", nobody_counts, voice_id="sandra", base_url=url) as voice,
    ):
        pieces = [piece async for piece in voice.speak("ana", "Hola.", "es")]
    assert sum(piece.samples.size for piece in pieces) / 24 > 600  # with the pause that belongs after it
    assert [word.text for piece in pieces for word in piece.words] == ["Hola."]


async def test_a_clause_that_has_sounded_whole_is_over_though_nobody_says_so() -> None:
    whole = (audio(PCM[:4_800]), audio(PCM[4_800:], alignment=PLACED), {"audio": None})

    def answers(message: dict[str, Any]) -> Sequence[Any] | None:
        return whole if message.get("text") == "" else None

    async with (
        answering(answers) as url,
        ElevenLabsVoice("key-1234567890", nobody_counts, voice_id="sandra", base_url=url) as voice,
    ):
        pieces = [piece async for piece in voice.speak("ana", "Hola.", "es")]
    assert sum(piece.samples.size for piece in pieces) / 24 > 600


@pytest.mark.parametrize("code", [1000, 1011])
async def test_a_close_without_a_sound_and_one_that_blames_the_service_are_no_ends(code: int) -> None:
    said = () if code == 1000 else (audio(PCM),)

    def answers(message: dict[str, Any]) -> Sequence[Any] | None:
        return said if message.get("text") == "" else None

    async with (
        answering(answers, close=code) as url,
        ElevenLabsVoice("key-1234567890", nobody_counts, voice_id="sandra", base_url=url) as voice,
    ):
        with pytest.raises(VendorError) as failed:
            assert [piece async for piece in voice.speak("ana", "Hola.", "es")]
    assert failed.value.code == "vendor_down"
