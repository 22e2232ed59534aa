"""The brain on OpenAI: what it asks, what it makes of the answers, what it buys."""

import asyncio
from typing import Any

import pytest

from enterprise_stream.engines.openai import Memory, OpenAIBrain
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import run_virtual
from enterprise_stream.thinking.ports import AnswerText, Message, Question, ToolCall, ToolExchange, ToolSpec, Usage

from .vendor import DONE, KEY, START, STOP, Vendor, answered, brain_on, chunk, says, text

ASKED = Question("ana", "¿Cuánto cuesta el ático?", "es", today="2026-11-21")
LOOK_UP = ToolSpec("look_up", "Looks a fact up.", {"type": "object", "properties": {"q": {"type": "string"}}})


async def test_an_answer_comes_as_it_is_written_and_costs_what_the_vendor_says() -> None:
    bought: list[Purchase] = []
    vendor = Vendor(says("Cuesta ", "120 € ", "la noche."))
    async with brain_on(vendor, bought) as brain:
        told, others, end = await answered(brain, ASKED)
    assert (told, others) == ("Cuesta 120 € la noche.", [])
    assert end.usage == Usage(700, 512, 9)
    assert bought == [
        Purchase(
            "ana",
            "llm",
            "openai",
            "gpt-4o-mini-2024-07-18",
            input_tokens=700,
            cached_tokens=512,
            output_tokens=9,
        )
    ]


async def test_a_request_carries_no_more_than_it_must() -> None:
    vendor = Vendor(says("Hola."))
    async with brain_on(vendor) as brain:
        await answered(brain, ASKED)
    body, headers = vendor.asked[0], vendor.headers[0]
    assert set(body) == {"model", "messages", "max_tokens", "temperature", "stream", "stream_options"}
    assert body["stream_options"] == {"include_usage": True, "include_obfuscation": False}
    assert "ana" not in [word for message in body["messages"] for word in message["content"].split()]
    assert not [name for name in headers if name.startswith("x-stainless")]
    assert headers["authorization"] == f"Bearer {KEY}"


async def test_a_server_of_ones_own_needs_no_key_and_gets_one_system_message() -> None:
    vendor = Vendor(says("Hola."))
    async with brain_on(vendor, key=None, base_url="http://127.0.0.1:8080/v1") as brain:
        history = (Message("assistant", "Soy Sandra.", "es"), Message("user", "Hola", "es"))
        await answered(brain, Question("ana", "¿Hay wifi?", "es", history, today="2026-11-21"))
    assert "authorization" not in vendor.headers[0]
    roles = [message["role"] for message in vendor.asked[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


async def test_functions_are_offered_called_and_told_about() -> None:
    def part(index: int, function: dict[str, Any], **more: Any) -> bytes:
        return chunk({"tool_calls": [{"index": index, "function": function, **more}]})

    calls = (
        START,
        text("Lo miro."),
        part(0, {"name": "look_up", "arguments": ""}, id="call_a", type="function"),
        part(0, {"arguments": '{"q":'}),
        part(1, {"name": "look_up", "arguments": "{}"}, id="call_b", type="function"),
        part(0, {"arguments": '"wifi"}'}),
        chunk({}, "tool_calls"),
        DONE,
    )
    vendor = Vendor(calls, says("Hay wifi."))
    async with brain_on(vendor) as brain:
        told, others, _ = await answered(brain, Question("ana", "¿Hay wifi?", "es", tools=(LOOK_UP,)))
        first = ToolCall("call_a", "look_up", '{"q":"wifi"}')
        assert (told, others) == ("Lo miro.", [first, ToolCall("call_b", "look_up", "{}")])
        exchanges = (ToolExchange(first, '{"answer":"Sí"}'),)
        await answered(brain, Question("ana", "¿Hay wifi?", "es", tools=(LOOK_UP,), exchanges=exchanges))
    assert vendor.asked[0]["tools"][0]["function"]["name"] == "look_up"
    made, result = vendor.asked[1]["messages"][-2:]
    assert made["tool_calls"][0]["id"] == result["tool_call_id"] == "call_a"
    assert (result["role"], result["content"]) == ("tool", '{"answer":"Sí"}')


async def test_it_goes_on_from_what_was_said() -> None:
    vendor = Vendor(says("el ático ", "cuesta ", "120 € la noche."))
    async with brain_on(vendor) as brain:
        told, _, _ = await answered(brain, Question("ana", "¿Precio?", "es", said="Claro, el ático cuesta"))
    assert told == " 120 € la noche."
    said, go_on = vendor.asked[0]["messages"][-2:]
    assert (said["role"], said["content"]) == ("assistant", "Claro, el ático cuesta")
    assert go_on["role"] == "system"


async def test_a_brief_answer_is_asked_for_in_words_and_tokens() -> None:
    vendor = Vendor(says("Sí."))
    async with brain_on(vendor) as brain:
        await answered(brain, Question("ana", "¿Hay wifi?", "es", brief=True))
    assert vendor.asked[0]["max_tokens"] == 80
    assert "una sola frase muy corta" in vendor.asked[0]["messages"][-2]["content"]


async def test_closing_early_closes_the_stream_and_pays_for_what_came() -> None:
    bought: list[Purchase] = []
    vendor = Vendor((START, text("Cuesta "), text("120 €"), STOP, DONE))
    async with brain_on(vendor, bought) as brain:
        stream = brain.answer(ASKED)
        assert await anext(stream) == AnswerText("Cuesta ")
        await stream.aclose()
        assert vendor.closed == 1
    assert [(each.output_tokens > 0, each.input_tokens > 500) for each in bought] == [(True, True)]


async def test_cancelled_before_the_first_word_the_prompt_is_paid_for() -> None:
    bought: list[Purchase] = []
    reached = asyncio.Event()

    async def wait() -> None:
        reached.set()
        await asyncio.Event().wait()

    async with brain_on(Vendor(wait), bought) as brain, asyncio.TaskGroup() as group:
        task = group.create_task(answered(brain, ASKED))
        await reached.wait()
        task.cancel()
    assert [(each.model, each.output_tokens) for each in bought] == [("gpt-4o-mini", 0)]
    assert bought[0].input_tokens > 500


def test_a_late_account_is_not_waited_for() -> None:
    async def late() -> None:
        await asyncio.sleep(2)

    async def scene() -> tuple[float, Usage]:
        async with brain_on(Vendor((START, text("Sí."), STOP, late, DONE))) as brain:
            began = asyncio.get_running_loop().time()
            _, _, end = await answered(brain, ASKED)
            return asyncio.get_running_loop().time() - began, end.usage

    took_s, usage = run_virtual(scene())
    assert took_s <= 0.25
    assert usage.output_tokens == 2


def lines(count: int) -> tuple[Message, ...]:
    return tuple(
        Message("assistant" if number % 2 else "user", f"Frase número {number} sobre la reserva de agosto.", "es")
        for number in range(count)
    )


async def made(brain: OpenAIBrain, vendor: Vendor, requests: int) -> None:
    async with asyncio.timeout(5):
        while len(vendor.asked) < requests or not brain._summaries._made:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_older_lines_are_summed_up_between_the_turns() -> None:
    bought: list[Purchase] = []
    vendor = Vendor(says("Uno."), says("Quiere el ático en agosto."), says("Dos."))
    async with brain_on(vendor, bought, history_tokens=400) as brain:
        _, _, end = await answered(brain, Question("ana", "¿Y eso?", "es", lines(26)))
        assert isinstance(end.memory, Memory)
        assert (end.memory.summary, end.memory.mark) == ("", "")
        await made(brain, vendor, 2)
        _, _, end = await answered(brain, Question("ana", "¿Y ahora?", "es", lines(28), memory=end.memory))
    assert isinstance(end.memory, Memory)
    assert end.memory.summary == "Quiere el ático en agosto."
    told = vendor.asked[2]["messages"]
    assert told[1]["role"] == "user"
    assert "Quiere el ático en agosto." in told[1]["content"]
    assert "Frase número 0 " not in str(told)
    assert "Frase número 27 " in str(told)
    assert len(bought) == 3


async def test_lines_that_could_not_be_summed_up_are_let_go(capsys: pytest.CaptureFixture[str]) -> None:
    vendor = Vendor(says("Uno."), (START, DONE), says("Dos."))
    async with brain_on(vendor, history_tokens=400) as brain:
        _, _, end = await answered(brain, Question("ana", "¿Y eso?", "es", lines(26)))
        await made(brain, vendor, 2)
        _, _, end = await answered(brain, Question("ana", "¿Y ahora?", "es", lines(28), memory=end.memory))
    assert isinstance(end.memory, Memory)
    assert (end.memory.summary, bool(end.memory.mark)) == ("", True)
    assert "Frase número 0 " not in str(vendor.asked[2]["messages"])


async def test_another_brains_memory_is_not_taken_for_ones_own() -> None:
    async with brain_on(Vendor(says("Sí."))) as brain:
        _, _, end = await answered(brain, Question("ana", "¿Hay wifi?", "es", memory=object()))
    assert end.memory == Memory()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Hola, buenas tardes", "welcome"),
        ("¿Cuánto cuesta la villa?", "luxury"),
        ("Quiero hablar con una persona", "support"),
        ("¿Hay wifi?", "general"),
    ],
)
async def test_the_kind_of_answer_follows_from_question_and_facts(words: str, kind: str) -> None:
    async with brain_on(Vendor(says("Sí."))) as brain:
        _, _, end = await answered(brain, Question("ana", words, "es"))
    assert end.response_type == kind
