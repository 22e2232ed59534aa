"""Many utterances on one socket, some given up in mid-speech: nobody's words become another's."""

import asyncio
from random import Random

import pytest

from enterprise_stream.engines.deepgram import DeepgramFlux, DeepgramNova
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import LoopClock, quiet, speech
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.ears import Said, ScriptedEar

KEY = "0123456789abcdef0123456789abcdef01234567"
UTTERANCES = 8


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("maker", [DeepgramFlux, DeepgramNova])
async def test_each_utterance_has_its_own_words(
    maker: type[DeepgramFlux | DeepgramNova], seed: int, bought: list[Purchase]
) -> None:
    random = Random(seed)
    lines = [f"uno{n} dos{n} tres{n}" for n in range(UTTERANCES)]
    ear = ScriptedEar(*(Said(line, ms_per_word=120.0) for line in lines))
    async with (
        DeepgramEmulator(ear, latencies=REALISTIC, seed=seed) as emulator,
        maker(KEY, bought.append, LoopClock(), base_url=emulator.base_url) as recogniser,
    ):
        for n, line in enumerate(lines):
            utterance = recogniser.utterance("ana", "es")
            told: list[str] = []
            utterance.on_interim(lambda words, told=told: told.append(words.text))  # type: ignore[misc]
            utterance.push(quiet(280))  # after which the emulator takes what follows for another line
            for _ in range(random.randint(5, 15)):
                utterance.push(speech(80))
                await asyncio.sleep(0.08)
            if random.random() < 0.5:
                utterance.push(quiet(240))
                await asyncio.sleep(random.choice((0.0, 0.24)))
            if random.random() < 0.6:
                assert (await utterance.final()).text.split() == line.split()
            utterance.close()
            assert {word for text in told for word in text.split()} <= set(line.split()), n
            await asyncio.sleep(random.choice((0.0, 0.1, 1.0)))
        await asyncio.sleep(1)
        assert len(emulator.requests) == 1
        assert sum(each.audio_ms for each in bought) == pytest.approx(emulator.bill.total().audio_ms)
