"""Tokens as OpenAI's current models count them: o200k_base, whose vocabulary is inside the `toktok-rs` package.

A vendor tells what an answer cost with its last chunk, which never comes when the answer is cut: then these counts are
what the bill is reckoned with. Of a chat's prompt the vendor publishes its tokens around a message, and not how it
writes functions; those are counted as the JSON text that they are sent as, which is a little more than is billed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_VOCABULARY = "o200k_base"

MESSAGE_TOKENS = 3
"""Tokens that the vendor puts around each message."""

ANSWER_TOKENS = 3
"""Tokens that open the answer, part of every prompt."""


def load_tokens() -> None:
    """Load the vocabulary now (about 0.4 s and 60 MB, once), so that the first count does not wait for it."""
    count_tokens("")


def count_tokens(text: str) -> int:
    """Tokens of a text; names of special tokens in it count as the words that they are."""
    from toktok import batch_count

    sound = text.encode(errors="replace").decode()  # half of a surrogate pair, as a cut piece may end with, is no text
    tokens: int = batch_count([sound], _VOCABULARY, threads=1)[0]
    return tokens


def count_prompt(messages: Iterable[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> int:
    """Tokens of a chat's prompt.

    Args:
        messages: as the request carries them: `role`, `content` and, where there are any, `tool_calls`.
        tools: as the request carries them.
    """
    return ANSWER_TOKENS + sum(map(count_message, messages)) + sum(map(_count_json, tools))


def count_message(message: Mapping[str, Any]) -> int:
    """Tokens of one message of a prompt, with those around it."""
    tokens = MESSAGE_TOKENS + count_tokens(str(message.get("role", "")))
    tokens += sum(map(count_tokens, _texts(message.get("content"))))
    for call in message.get("tool_calls") or ():
        tokens += count_call(call["function"]["name"], call["function"]["arguments"])
    return tokens


def count_call(name: str, arguments: str) -> int:
    """Tokens of a function call, as an answer's writing or as a prompt's reading."""
    return count_tokens(name) + count_tokens(arguments)


def _texts(content: str | Sequence[Mapping[str, Any]] | None) -> list[str]:
    if content is None:
        return []
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content if part.get("type") == "text"]


def _count_json(value: Mapping[str, Any]) -> int:
    return count_tokens(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
