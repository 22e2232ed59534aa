"""Services that speak Cartesia's protocol in ways of their own: what they leave out, add or say in another order."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.engines.answering import answering

from enterprise_stream.engines.cartesia import CartesiaVoice
from enterprise_stream.purchases import nobody_counts

PCM = (8_000 * np.sin(np.arange(24 * 400) * 0.1)).astype("<i2").tobytes()
"""400 ms."""


def chunk(pcm: bytes, **more: Any) -> dict[str, Any]:
    return {"type": "chunk", "data": base64.b64encode(pcm).decode(), "done": False} | more


def stamps(**more: Any) -> dict[str, Any]:
    return {"type": "timestamps", "word_timestamps": {"words": ["Hola."], "start": [0.0], "end": [0.4]} | more}


DONE = {"type": "done", "done": True}
WAYS: dict[str, Sequence[Any]] = {
    "as documented": (stamps(), chunk(PCM, step_time=12.5, status_code=206), DONE | {"status_code": 200}),
    "the places after the sound": (chunk(PCM), stamps(), DONE),
    "the places after the end": (chunk(PCM), DONE, stamps()),
    "no places": (chunk(PCM), DONE),
    "whole seconds": (stamps(start=[0], end=[1]), chunk(PCM), DONE),
    "samples cut in two": (stamps(), chunk(PCM[:1_001]), chunk(PCM[1_001:]), DONE),
    "an empty chunk": (chunk(b""), stamps(), chunk(PCM), chunk(b""), DONE),
    "phonemes and flushes": (
        {"type": "phoneme_timestamps", "phoneme_timestamps": {"phonemes": ["o"], "start": [0], "end": [1]}},
        stamps(), chunk(PCM), {"type": "flush_done", "flush_done": True, "flush_id": 1}, DONE,
    ),
    "kinds and fields that are new": ({"type": "mood", "mood": 1}, stamps(mood=1), chunk(PCM, mood=1), DONE),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_clause_is_said_with_its_words(way: str) -> None:
    def answers(message: dict[str, Any]) -> Sequence[Any] | None:
        context = {"context_id": message["context_id"]}
        return [said | context for said in WAYS[way]] if message.get("continue") is False else None

    async with (
        answering(answers) as url,
        CartesiaVoice("key-1234567890", nobody_counts, voice_id="sandra", base_url=url) as voice,
    ):
        pieces = [piece async for piece in voice.speak("ana", "Hola.", "es")]
    assert sum(piece.samples.size for piece in pieces) / 24 > 600  # with the pause that belongs after it
    assert [word.text for piece in pieces for word in piece.words] == ["Hola."]
