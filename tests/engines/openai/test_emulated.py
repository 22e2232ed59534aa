"""The brain and the voice against OpenAI's emulator, over real sockets: faults, cancelling, the bill."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from enterprise_stream.engines.openai import OpenAIBrain, OpenAIVoice
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.emulators import EVERY_FAULT, Fault, Latency
from enterprise_stream.testing.emulators.openai import Answer, Call, OpenAiEmulator, ScriptedMind
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, Question, ToolCall, ToolExchange, ToolSpec

from .vendor import KEY, KNOWLEDGE, answered

TEXT = "El ático cuesta 120 € la noche, y en agosto 144 €. ¿Quiere que le tome los datos?"
ASKED = Question("ana", "¿Cuánto cuesta el ático?", "es", today="2026-11-21")
CODES = {
    "401": {"vendor_auth"},
    "402": {"vendor_quota"},
    "429": {"vendor_limited"},
    "5xx": {"vendor_down"},
    "refused": {"vendor_down"},
    "reset": {"vendor_down"},
    "half_close": {"vendor_down"},
    "hang": {"vendor_timeout"},
    "silent": {"vendor_timeout"},
    "stall": {"vendor_timeout"},
    "slow_drip": {"vendor_timeout"},
    "malformed": {"vendor_garbled", "vendor_down"},
}
WITHIN_S = 3.5
"""What a failure may take to be told: a second of the answer, then 2.5 s of silence."""


@asynccontextmanager
async def thinking(emulator: OpenAiEmulator, bought: list[Purchase], **settings: Any) -> AsyncIterator[OpenAIBrain]:
    source = KnowledgeSource(KNOWLEDGE)
    brain = OpenAIBrain(
        KEY,
        base_url=emulator.api_url,
        source=source,
        facts=WrittenFacts(source),
        clock=FakeClock(),
        buy=bought.append,
        **settings,
    )
    async with brain:
        yield brain


def spent(bought: list[Purchase]) -> tuple[int, int, int, int, float]:
    return (
        sum(each.input_tokens for each in bought),
        sum(each.cached_tokens for each in bought),
        sum(each.output_tokens for each in bought),
        sum(each.chars for each in bought),
        sum(each.audio_ms for each in bought),
    )


def name(fault: Fault) -> str:
    return f"{fault.kind}-{fault.phase}"


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=name)
async def test_a_brains_failure_is_told_in_time_and_in_our_words(fault: Fault) -> None:
    bought: list[Purchase] = []
    async with OpenAiEmulator(ScriptedMind(TEXT)) as emulator, thinking(emulator, bought) as brain:
        emulator.faults.arm(fault, "chat")
        began = asyncio.get_running_loop().time()
        with pytest.raises(VendorError) as caught:
            await answered(brain, ASKED)
        assert caught.value.code in CODES[fault.kind]
        assert asyncio.get_running_loop().time() - began < WITHIN_S
        emulator.faults.clear()
        assert (await answered(brain, ASKED))[0] == TEXT


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=name)
async def test_a_voices_failure_is_told_in_time_and_in_our_words(fault: Fault) -> None:
    bought: list[Purchase] = []
    async with (
        OpenAiEmulator() as emulator,
        OpenAIVoice(KEY, base_url=emulator.api_url, buy=bought.append) as voice,
    ):
        emulator.faults.arm(fault, "speech")
        began = asyncio.get_running_loop().time()
        with pytest.raises(VendorError) as caught:
            _ = [piece async for piece in voice.speak("ana", TEXT, "es")]
        assert caught.value.code in CODES[fault.kind]
        assert asyncio.get_running_loop().time() - began < WITHIN_S
        emulator.faults.clear()
        assert [piece async for piece in voice.speak("ana", TEXT, "es")]


async def test_a_conversation_costs_what_the_vendor_bills() -> None:
    bought: list[Purchase] = []
    tool = ToolSpec("look_up", "Looks a fact up.", {"type": "object", "properties": {"q": {"type": "string"}}})
    mind = ScriptedMind(Answer(calls=(Call("look_up", '{"q":"precio"}'),)), TEXT)
    async with OpenAiEmulator(mind) as emulator, thinking(emulator, bought) as brain:
        question = Question("ana", ASKED.text, "es", today="2026-11-21", tools=(tool,))
        _, (call,), _ = await answered(brain, question)
        assert isinstance(call, ToolCall)
        exchange = ToolExchange(call, '{"answer":"120 €"}')
        asked = Question("ana", ASKED.text, "es", today="2026-11-21", tools=(tool,), exchanges=(exchange,))
        assert (await answered(brain, asked))[0] == TEXT
    assert spent(bought) == spent(list(emulator.bill.purchases))
    assert bought[1].cached_tokens > 1_000


@pytest.mark.parametrize("words", [1, 5])
async def test_a_cut_answer_costs_what_the_vendor_bills(words: int) -> None:
    bought: list[Purchase] = []
    slow = Latency(50.0)
    async with (
        OpenAiEmulator(ScriptedMind(TEXT), next_token=slow) as emulator,
        thinking(emulator, bought) as brain,
    ):
        async with aclosing(brain.answer(ASKED)) as pieces:
            for _ in range(words):
                assert isinstance(await anext(pieces), AnswerText)
        while emulator.connections:  # noqa: ASYNC110 - the vendor sees that nobody listens any more
            await asyncio.sleep(0.01)
    (billed,) = emulator.bill.purchases
    assert bought[0].input_tokens == billed.input_tokens
    assert abs(bought[0].output_tokens - billed.output_tokens) <= 1


async def test_a_draft_that_is_dropped_before_its_first_word_costs_its_prompt() -> None:
    bought: list[Purchase] = []
    async with OpenAiEmulator(ScriptedMind(TEXT)) as emulator, thinking(emulator, bought) as brain:
        async with asyncio.TaskGroup() as group:
            draft = group.create_task(answered(brain, ASKED))
            while not emulator.bill.purchases:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            draft.cancel()
        while emulator.connections:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert spent(bought) == spent(list(emulator.bill.purchases))


async def test_a_draft_that_never_left_costs_nothing() -> None:
    bought: list[Purchase] = []
    async with OpenAiEmulator(ScriptedMind(TEXT)) as emulator, thinking(emulator, bought) as brain:
        draft = asyncio.ensure_future(answered(brain, ASKED))
        for _ in range(5):
            await asyncio.sleep(0)
        draft.cancel()
        with pytest.raises(asyncio.CancelledError):
            await draft
        assert bought == list(emulator.bill.purchases) == []


async def test_the_successor_speaks_its_own_dialect() -> None:
    bought: list[Purchase] = []
    async with (
        OpenAiEmulator(ScriptedMind(TEXT), today="2027-01-14") as emulator,
        thinking(emulator, bought, successors=("gpt-6-luna",)) as brain,
    ):
        assert (await answered(brain, ASKED))[0] == TEXT
        assert (await answered(brain, ASKED))[0] == TEXT
    assert [each.model for each in bought] == ["gpt-6-luna", "gpt-6-luna"]
    assert spent(bought) == spent(list(emulator.bill.purchases))
    assert [request.body["model"] for request in emulator.requests] == ["gpt-4o-mini", "gpt-6-luna", "gpt-6-luna"]


async def test_speech_costs_what_the_vendor_bills() -> None:
    bought: list[Purchase] = []
    async with (
        OpenAiEmulator() as emulator,
        OpenAIVoice(KEY, base_url=emulator.api_url, buy=bought.append) as voice,
    ):
        for text, language in (("El ático cuesta 120 €.", "es"), ("Good evening.", "en"), ("…", "es")):
            pieces = [piece async for piece in voice.speak("ana", text, language)]
            assert " ".join(word.text for piece in pieces for word in piece.words) == text
    assert len(bought) == 2
    assert spent(bought) == spent(list(emulator.bill.purchases))
    assert emulator.requests[0].body["input"] == "El ático cuesta ciento veinte euros."


async def test_the_end_follows_the_last_word_at_once() -> None:
    async with OpenAiEmulator(ScriptedMind(TEXT)) as emulator, thinking(emulator, []) as brain:
        times = []
        async for piece in brain.answer(ASKED):
            times.append(asyncio.get_running_loop().time())
            last = piece
        assert isinstance(last, AnswerEnd)
        assert times[-1] - times[-2] < 0.1
