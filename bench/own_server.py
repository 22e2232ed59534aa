"""Runs the brain against a real server that speaks OpenAI's protocol, such as llama.cpp's, and says what it showed.

    python -m bench.own_server http://127.0.0.1:8080/v1

`bench/llama_server.py` starts one with packages of the index. Nothing here judges the answers, which are the model's;
what is held: text streams, the server tells what it used, a closed answer stops the server, an answer goes on from its
beginning, functions are taken, the prompt's beginning is read from the server's cache.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings
from enterprise_stream.engines.openai import OpenAIBrain
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, Message, Question, ToolCall, ToolSpec

ASKED = ("Hola, buenas tardes", "¿Cuánto cuesta el ático por noche?", "¿Y en agosto?", "¿Puedo llevar a mi perro?")
LOOK_UP = ToolSpec("look_up", "Looks a fact up.", {"type": "object", "properties": {"q": {"type": "string"}}})
PATIENCE = 40
"""Tries until a server on a busy machine answers in time: a cold prompt takes longer than the brain waits."""


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="with its version, such as http://127.0.0.1:8080/v1")
    parser.add_argument("--model", default="local", help="as the server calls it; llama.cpp takes any name")
    parser.add_argument("--key", help="where the server wants one")
    given = parser.parse_args()
    bought: list[Purchase] = []
    source = KnowledgeSource(Settings().knowledge_file)
    facts = WrittenFacts(source)
    brain = OpenAIBrain(
        given.key,
        base_url=given.url,
        model=given.model,
        max_tokens=40,
        source=source,
        facts=facts,
        clock=MonotonicClock(),
        buy=bought.append,
    )
    async with brain:
        await _warm(brain)
        await _talk(brain, bought)
        await _cut(brain, bought)
        await _go_on(brain)
        await _call(brain)


async def _warm(brain: OpenAIBrain) -> None:
    """Have the prompt's beginning read once; a server without a GPU takes seconds for it."""
    began = time.monotonic()
    for attempt in range(PATIENCE):
        try:
            await _answer(brain, Question("bench", ASKED[0], "es"))
        except VendorError as error:
            if error.code != "vendor_timeout":
                raise
            print(f"cold: try {attempt + 1} ended with {error.code} after {time.monotonic() - began:.1f} s")
        else:
            print(f"warm after {time.monotonic() - began:.1f} s")
            return
    raise SystemExit("the server never answered in time")


async def _answer(brain: OpenAIBrain, question: Question) -> tuple[str, float, float, AnswerEnd, list[ToolCall]]:
    began = time.monotonic()
    first_ms, text, calls = 0.0, "", []
    async for piece in brain.answer(question):
        match piece:
            case AnswerText(text=new):
                first_ms = first_ms or (time.monotonic() - began) * 1000
                text += new
            case ToolCall():
                calls.append(piece)
            case AnswerEnd():
                return text, first_ms, (time.monotonic() - began) * 1000, piece, calls
    raise SystemExit("the answer has no end")


async def _talk(brain: OpenAIBrain, bought: Sequence[Purchase]) -> None:
    history: tuple[Message, ...] = ()
    memory: object | None = None
    print(f"{'first ms':>9} {'whole ms':>9} {'read':>6} {'cached':>7} {'written':>8}  model, question, answer")
    for asked in ASKED:
        text, first_ms, whole_ms, end, _ = await _answer(brain, Question("bench", asked, "es", history, memory))
        used, memory = end.usage, end.memory
        print(
            f"{first_ms:9.0f} {whole_ms:9.0f} {used.input_tokens:6} {used.cached_tokens:7} {used.output_tokens:8}  "
            f"{bought[-1].model.rpartition('/')[2]}, {asked!r}, {text[:60]!r}"
        )
        history += (Message("user", asked, "es"), Message("assistant", text, "es"))


async def _cut(brain: OpenAIBrain, bought: Sequence[Purchase]) -> None:
    async with aclosing(brain.answer(Question("bench", ASKED[1], "es"))) as pieces:
        await anext(pieces)
        began = time.monotonic()
    closed_ms = (time.monotonic() - began) * 1000
    cut = bought[-1]
    _, first_ms, *_ = await _answer(brain, Question("bench", ASKED[1], "es"))
    print(
        f"cut after a word: closed in {closed_ms:.1f} ms, counted {cut.input_tokens} read and {cut.output_tokens} "
        f"written; the next answer's first word after {first_ms:.0f} ms"
    )


async def _go_on(brain: OpenAIBrain) -> None:
    said = "Claro, el ático cuesta"
    text, *_ = await _answer(brain, Question("bench", ASKED[1], "es", said=said))
    print(f"goes on: {said!r} + {text[:60]!r}")


async def _call(brain: OpenAIBrain) -> None:
    question = replace(Question("bench", ASKED[3], "es"), tools=(LOOK_UP,))
    text, *_, calls = await _answer(brain, question)
    print(f"functions are taken: {len(calls)} calls, {text[:60]!r}")


if __name__ == "__main__":
    asyncio.run(main())
