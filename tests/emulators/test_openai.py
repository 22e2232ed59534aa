"""OpenAI's emulator, driven by OpenAI's own SDK."""

import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from enterprise_stream.purchases import Purchase
from enterprise_stream.testing.emulators import Fault, Latency
from enterprise_stream.testing.emulators.openai import Answer, Call, OpenAiEmulator, PromptCache, ScriptedMind
from enterprise_stream.thinking.tokens import count_prompt, count_tokens

KEY = "sk-canary-12345"
HELLO: list[Any] = [{"role": "user", "content": "Hola"}]
TEXT = "Hola, soy Sandra. ¿En qué puedo ayudarle?"
AT_ONCE = Latency()
LOOK_UP: Any = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}


def emulator(*script: Answer | str, **given: Any) -> OpenAiEmulator:
    quick = {"first_token": AT_ONCE, "next_token": AT_ONCE, "first_audio": AT_ONCE, "reasoning": AT_ONCE}
    return OpenAiEmulator(ScriptedMind(*script or (TEXT,)), **(quick | given))


class Sdk:
    """The SDK, pointed at an emulator."""

    def __init__(self, served: OpenAiEmulator, timeout: float = 5.0) -> None:
        plain = openai.DefaultAsyncHttpxClient(verify=False)  # no TLS here: its certificates take 100 ms to load
        self.client = openai.AsyncOpenAI(
            api_key=KEY, base_url=served.api_url, max_retries=0, timeout=timeout, http_client=plain
        )

    async def __aenter__(self) -> openai.AsyncOpenAI:
        return self.client

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()


async def streamed(client: openai.AsyncOpenAI, **request: Any) -> list[ChatCompletionChunk]:
    request = {"model": "gpt-4o-mini", "messages": HELLO, "stream_options": {"include_usage": True}} | request
    async with await client.chat.completions.create(stream=True, **request) as stream:
        return [chunk async for chunk in stream]


def said(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


async def test_an_answer_comes_role_first_then_text_then_why_it_ends_then_what_it_cost() -> None:
    async with emulator() as served, Sdk(served) as client:
        chunks = await streamed(client)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[0].choices[0].delta.content == ""
    assert said(chunks) == TEXT
    assert [choice.finish_reason for choice in chunks[-2].choices] == ["stop"]
    assert chunks[-1].choices == []
    usage = chunks[-1].usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens) == (count_prompt(HELLO), count_tokens(TEXT))
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert len({len(chunk.obfuscation or "") for chunk in chunks[:-1]}) > 1
    assert served.bill.total() == Purchase(
        "", "llm", "", "", input_tokens=count_prompt(HELLO), output_tokens=count_tokens(TEXT)
    )


async def test_padding_and_usage_come_only_where_they_are_wanted() -> None:
    async with emulator() as served, Sdk(served) as client:
        chunks = await streamed(client, stream_options={"include_obfuscation": False})
    assert all(chunk.choices for chunk in chunks)
    assert not any(chunk.obfuscation for chunk in chunks)


async def test_calls_come_in_pieces_by_index() -> None:
    calls = (Call("look_up", '{"query": "wifi"}'), Call("look_up", '{"query": "parking"}'))
    async with emulator(Answer(calls=calls)) as served, Sdk(served) as client:
        chunks = await streamed(client, tools=[LOOK_UP])
    parts = [part for chunk in chunks for choice in chunk.choices for part in choice.delta.tool_calls or ()]
    for index, call in enumerate(calls):
        mine = [part for part in parts if part.index == index]
        assert mine[0].id
        assert [part.id for part in mine[1:]] == [None] * (len(mine) - 1)
        assert mine[0].function is not None
        assert mine[0].function.name == "look_up"
        assert "".join(part.function.arguments or "" for part in mine if part.function) == call.arguments
    assert chunks[-2].choices[0].finish_reason == "tool_calls"


async def test_an_answer_without_streaming_is_the_same() -> None:
    async with emulator() as served, Sdk(served) as client:
        whole = await client.chat.completions.create(model="gpt-4o-mini", messages=HELLO)
    assert whole.choices[0].message.content == TEXT
    assert whole.usage is not None
    assert whole.usage.completion_tokens == served.bill.total().output_tokens == count_tokens(TEXT)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_an_answer_ends_at_its_limit(name: str) -> None:
    async with emulator() as served, Sdk(served) as client:
        chunks = await streamed(client, **{name: 4})
    assert chunks[-2].choices[0].finish_reason == "length"
    assert count_tokens(said(chunks)) <= 4
    assert said(chunks)


async def test_a_model_that_reasons_has_its_own_dialect() -> None:
    async with emulator() as served, Sdk(served) as client:
        for wrong, param in (
            ({"max_tokens": 50}, "max_tokens"),
            ({"temperature": 0.4}, "temperature"),
            ({"tools": [LOOK_UP]}, "reasoning_effort"),
        ):
            with pytest.raises(openai.BadRequestError) as refused:
                await streamed(client, model="gpt-6-luna", **wrong)
            assert refused.value.param == param
        right = {"max_completion_tokens": 50, "reasoning_effort": "none", "tools": [LOOK_UP]}
        assert said(await streamed(client, model="gpt-6-luna", **right)) == TEXT
        with pytest.raises(openai.BadRequestError) as refused:
            await streamed(client, reasoning_effort="none")
    assert refused.value.param == "reasoning_effort"


async def test_reasoning_takes_time_and_is_billed() -> None:
    async with emulator() as served, Sdk(served) as client:
        usage = (await streamed(client, model="gpt-6-luna", reasoning_effort="low"))[-1].usage
    assert usage is not None
    assert usage.completion_tokens_details is not None
    assert usage.completion_tokens_details.reasoning_tokens
    assert served.bill.total().output_tokens == usage.completion_tokens > count_tokens(TEXT)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"model": "gpt-17"}, 404, "model_not_found"),
        ({"model": "tts-1"}, 404, "model_not_found"),
        ({"messages": []}, 400, "empty_array"),
        ({"messages": [{"role": "boss", "content": "Hola"}]}, 400, "invalid_value"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "call_1"}]}, 400, "invalid_value"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, 400, "invalid_parameter_combination"),
        ({"max_tokens": 0}, 400, "integer_below_min_value"),
        ({"temperature": 3}, 400, "decimal_out_of_range"),
        ({"extra_body": {"loudness": 11}}, 400, "unknown_parameter"),
        ({"tools": [{"type": "function", "function": {"name": "look up"}}]}, 400, "invalid_value"),
    ],
)
async def test_what_it_cannot_serve_it_refuses(request_: dict[str, Any], status: int, code: str) -> None:
    async with emulator() as served, Sdk(served) as client:
        with pytest.raises(openai.APIStatusError) as refused:
            await streamed(client, **request_)
        assert served.bill.purchases == ()
    assert (refused.value.status_code, refused.value.code) == (status, code)
    assert refused.value.request_id


async def test_calls_that_nothing_answered_are_refused() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    asked = [*HELLO, {"role": "assistant", "content": None, "tool_calls": [call]}]
    async with emulator() as served, Sdk(served) as client:
        with pytest.raises(openai.BadRequestError):
            await streamed(client, messages=asked)
        answered = [*asked, {"role": "tool", "tool_call_id": "call_1", "content": "{}"}]
        assert said(await streamed(client, messages=answered)) == TEXT


async def test_a_model_is_gone_from_its_last_day_on() -> None:
    async with emulator(today="2027-01-13") as served, Sdk(served) as client:
        assert said(await streamed(client)) == TEXT
        dates = {model.id: model.shutdown_date async for model in client.models.list()}
        assert dates["gpt-4o-mini"] == "2027-01-14"
        assert dates["gpt-6-luna"] is None
        assert (await client.models.retrieve("gpt-4o-mini")).shutdown_date == "2027-01-14"
    async with emulator(today="2027-01-14") as served, Sdk(served) as client:
        with pytest.raises(openai.NotFoundError) as refused:
            await streamed(client)
        assert refused.value.code == "model_not_found"
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve("gpt-4o-mini")
        assert "gpt-4o-mini" not in {model.id async for model in client.models.list()}


async def test_a_prompt_that_begins_like_the_last_one_is_cached() -> None:
    facts: Any = {"role": "system", "content": "El ático cuesta 120 € la noche. " * 20}
    async with emulator(cache=PromptCache(threshold=64, step=16)) as served, Sdk(served) as client:
        cached: list[int | None] = []
        for question in ("¿Cuánto cuesta?", "¿Hay wifi?"):
            usage = (await streamed(client, messages=[facts, {"role": "user", "content": question}]))[-1].usage
            assert usage is not None
            assert usage.prompt_tokens_details is not None
            cached.append(usage.prompt_tokens_details.cached_tokens)
        told = served.bill.total().cached_tokens
        short = (await streamed(client, messages=[{"role": "system", "content": "El ático"}]))[-1].usage
    assert cached[0] == 0
    assert cached[1] == told
    assert told >= 64
    assert told % 16 == 0
    assert short is not None
    assert short.prompt_tokens_details is not None
    assert short.prompt_tokens_details.cached_tokens == 0


async def test_a_cut_stream_costs_its_prompt_and_what_was_written() -> None:
    async with emulator(next_token=Latency(50.0)) as served, Sdk(served) as client:
        stream = await client.chat.completions.create(model="gpt-4o-mini", messages=HELLO, stream=True)
        text = ""
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
            if "Sandra" in text:
                await stream.close()
                break
    total = served.bill.total()
    assert total.input_tokens == count_prompt(HELLO)
    assert total.output_tokens == count_tokens(text) < count_tokens(TEXT)


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("401", openai.AuthenticationError, "invalid_api_key"),
        ("402", openai.RateLimitError, "insufficient_quota"),
        ("429", openai.RateLimitError, "rate_limit_exceeded"),
        ("5xx", openai.InternalServerError, None),
    ],
)
async def test_refusals_are_the_vendors(kind: Any, error: type[openai.APIStatusError], code: str | None) -> None:
    async with emulator() as served, Sdk(served) as client:
        served.faults.arm(Fault(kind), "chat")
        with pytest.raises(error) as refused:
            await streamed(client)
        assert refused.value.code == code
        assert said(await streamed(client)) == TEXT


async def test_it_can_fail_within_the_stream() -> None:
    async with emulator() as served, Sdk(served) as client:
        served.faults.arm(Fault("5xx", "mid_answer"))
        with pytest.raises(openai.APIError) as failed:
            await streamed(client)
    assert not isinstance(failed.value, openai.APIStatusError)


async def test_the_key_must_be_right_and_stays_in_its_header() -> None:
    async with emulator(key="sk-another") as served, Sdk(served) as client:
        with pytest.raises(openai.AuthenticationError):
            await streamed(client)
    async with emulator(key=KEY) as served, Sdk(served) as client:
        assert said(await streamed(client)) == TEXT
        assert served.requests.leaks == []
        assert served.requests[0].body["messages"] == HELLO


async def test_speech_is_pcm_as_long_as_its_text() -> None:
    async with emulator() as served, Sdk(served) as client:
        speech = client.audio.speech.with_streaming_response
        async with speech.create(model="gpt-4o-mini-tts", voice="coral", input=TEXT, response_format="pcm") as response:
            pcm = b"".join([part async for part in response.iter_bytes()])
    assert len(pcm) == len(TEXT) * 60 * 24 * 2
    total = served.bill.total()
    assert (total.chars, total.audio_ms) == (len(TEXT), len(TEXT) * 60)


async def test_speech_as_events_tells_what_it_used() -> None:
    async with emulator() as served, Sdk(served) as client:
        speech = client.audio.speech.with_streaming_response
        asked: Any = {"model": "gpt-4o-mini-tts", "voice": "coral", "input": TEXT, "stream_format": "sse"}
        async with speech.create(**asked, response_format="pcm") as response:
            events = [json.loads(line[6:]) async for line in response.iter_lines() if line]
    assert {event["type"] for event in events[:-1]} == {"speech.audio.delta"}
    assert events[-1]["usage"]["input_tokens"] == count_tokens(TEXT)


@pytest.mark.parametrize(
    "wrong",
    [{"input": ""}, {"input": "a" * 4097}, {"voice": "sandra"}, {"response_format": "mp3"}, {"model": "gpt-4o-mini"}],
)
async def test_speech_that_cannot_be_had_is_refused(wrong: dict[str, Any]) -> None:
    asked = {"model": "gpt-4o-mini-tts", "voice": "coral", "input": TEXT, "response_format": "pcm"} | wrong
    async with emulator() as served, Sdk(served) as client:
        with pytest.raises(openai.APIStatusError):
            await client.audio.speech.create(**asked)
        assert served.bill.purchases == ()
