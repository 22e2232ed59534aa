"""A guest who says nothing for long holds no socket, and loses no word when he speaks again."""

import asyncio

import pytest

from enterprise_stream.audio.pcm import to_bytes, to_int16
from enterprise_stream.engines.deepgram import DeepgramFlux, DeepgramNova
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import LoopClock, speech

from .played import Played

KEY = "0123456789abcdef0123456789abcdef01234567"
MAKERS = [DeepgramFlux, DeepgramNova]
BLOCK_MS = 80


@pytest.mark.requirement("S18")
@pytest.mark.parametrize("maker", MAKERS)
async def test_after_30_s_without_speech_the_socket_is_closed_and_the_next_words_are_heard_whole(
    maker: type[DeepgramFlux | DeepgramNova], service: Played, bought: list[Purchase]
) -> None:
    async with maker(KEY, bought.append, LoopClock(), base_url=service.base_url) as recogniser:
        recogniser.prepare("ana", "es")
        utterance = recogniser.utterance("ana", "es")
        utterance.push(speech(800))
        before = await service.call()
        await before.heard(0.8)
        utterance.close()
        silent_since = LoopClock().now_ms()
        await asyncio.wait_for(before.ended.wait(), 40)
        assert 30_000 <= LoopClock().now_ms() - silent_since <= 31_500, "with the time for a goodbye"
        assert before.told[-1] == "CloseStream"

        service.opens_after_s = 0.4  # longer than any handshake that was seen
        said = speech(1_200)
        utterance = recogniser.utterance("ana", "es")
        for at in range(0, said.size, 16 * BLOCK_MS):
            utterance.push(said[at : at + 16 * BLOCK_MS])
            await asyncio.sleep(BLOCK_MS / 1000)
        asked = asyncio.create_task(utterance.final())
        again = await service.call()
        await again.heard(1.2)
        assert b"".join(each for each in again.messages if isinstance(each, bytes)) == to_bytes(to_int16(said))
        if maker is DeepgramFlux:
            await again.turn("EndOfTurn", "hola otra vez", 1.2, trigger="manual")
        else:
            await again.segment("hola otra vez", 0.0, 1.2, from_finalize=True)
        assert (await asked).text == "hola otra vez"
        assert service.count == 2


@pytest.mark.parametrize("maker", MAKERS)
async def test_who_speaks_within_30_s_keeps_his_socket(
    maker: type[DeepgramFlux | DeepgramNova], service: Played, bought: list[Purchase]
) -> None:
    async with maker(KEY, bought.append, LoopClock(), base_url=service.base_url) as recogniser:
        call = None
        for heard in (1, 2, 3):
            utterance = recogniser.utterance("ana", "es")
            utterance.push(speech(800))
            call = call or await service.call()
            await call.heard(0.8 * heard)
            utterance.close()
            await asyncio.sleep(28)
        assert call is not None
        assert not call.ended.is_set()
        assert service.count == 1
