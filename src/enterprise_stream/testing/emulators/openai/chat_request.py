"""Chat completions, the asking half: what a request may hold, checked as the vendor checks it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enterprise_stream.testing.emulators.openai.models import Catalogue, Model
from enterprise_stream.testing.emulators.openai.refusals import (
    Refusal,
    invalid,
    missing,
    unknown,
    unsupported,
    unsupported_value,
)

_KNOWN = (
    "model messages stream stream_options max_tokens max_completion_tokens temperature top_p tools tool_choice "
    "parallel_tool_calls reasoning_effort service_tier seed stop user store metadata n presence_penalty "
    "frequency_penalty response_format prompt_cache_key prompt_cache_retention safety_identifier verbosity logprobs "
    "logit_bias"
)
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
_EFFORTS = ("none", "low", "medium", "high", "xhigh")
_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request that can be served.

    Attributes:
        model: who answers.
        messages: as they came.
        tools: as they came.
        max_tokens: of the answer, its reasoning included; None is no limit.
        stream: whether the answer comes in chunks.
        include_usage: whether a chunk of its own tells what was used.
        obfuscate: whether chunks are padded, so that their sizes tell nothing.
        thinks: whether the model reasons before it answers.
        service_tier: as asked for.
    """

    model: Model
    messages: tuple[Mapping[str, Any], ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    max_tokens: int | None = None
    stream: bool = False
    include_usage: bool = False
    obfuscate: bool = True
    thinks: bool = False
    service_tier: str = "default"

    @property
    def tool_names(self) -> tuple[str, ...]:
        """Functions that may be called."""
        return tuple(tool["function"]["name"] for tool in self.tools)


def read_chat(body: Mapping[str, Any], catalogue: Catalogue) -> ChatRequest:
    """Check a request's body.

    Raises:
        Refusal: it cannot be served.
    """
    for param in ("model", "messages"):
        if param not in body:
            raise missing(param)
    for param in body.keys() - set(_KNOWN.split()):
        raise unknown(param)
    model = catalogue.find(str(body["model"]), "chat")
    tools = _tools(body.get("tools"))
    options = body.get("stream_options") or {}
    if options and not body.get("stream"):
        raise Refusal(
            400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    tier = body.get("service_tier") or "default"
    return ChatRequest(
        model,
        _messages(body["messages"]),
        tools,
        _max_tokens(body, model),
        bool(body.get("stream")),
        bool(options.get("include_usage")),
        bool(options.get("include_obfuscation", True)),
        _thinks(body, model, tools),
        "default" if tier == "auto" else str(tier),
    )


def _max_tokens(body: Mapping[str, Any], model: Model) -> int | None:
    old, new = body.get("max_tokens"), body.get("max_completion_tokens")
    if old is not None and model.reasons:
        raise unsupported("max_tokens", "max_completion_tokens")
    if old is not None and new is not None:
        raise Refusal(
            400,
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            param="max_tokens",
            code="invalid_parameter_combination",
        )
    limit = new if new is not None else old
    if limit is None:
        return None
    if not isinstance(limit, int) or limit < 1:
        param = "max_completion_tokens" if new is not None else "max_tokens"
        raise invalid(param, "integer below minimum value. Expected a value >= 1.", "integer_below_min_value")
    return limit


def _thinks(body: Mapping[str, Any], model: Model, tools: Sequence[Mapping[str, Any]]) -> bool:
    """Check what only some models take; returns whether the model reasons for this request."""
    effort, temperature = body.get("reasoning_effort"), body.get("temperature")
    if temperature is not None and not 0 <= temperature <= 2:
        raise invalid("temperature", "expected a value between 0 and 2.", "decimal_out_of_range")
    if not model.reasons:
        if effort is not None:
            raise unknown("reasoning_effort")
        return False
    if temperature not in (None, 1):
        raise unsupported_value(
            "temperature", f"does not support {temperature} with this model. Only the default (1) value is supported."
        )
    if effort is not None and effort not in _EFFORTS:
        raise invalid("reasoning_effort", f"supported values are: {', '.join(_EFFORTS)}.")
    if tools and effort != "none":
        raise unsupported_value("reasoning_effort", "must be 'none' for this model to call functions here.")
    return effort != "none"


def _tools(tools: Any) -> tuple[Mapping[str, Any], ...]:
    if tools is None:
        return ()
    if not isinstance(tools, list) or not tools:
        raise invalid("tools", "expected an array with minimum length 1.", "empty_array")
    for number, tool in enumerate(tools):
        name = (tool.get("function") or {}).get("name") if isinstance(tool, dict) else None
        if not isinstance(name, str) or not _FUNCTION_NAME.fullmatch(name):
            raise invalid(f"tools[{number}].function.name", "expected letters, digits, '_' and '-', at most 64.")
    return tuple(tools)


def _messages(messages: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(messages, list) or not messages:
        raise invalid("messages", "empty array. Expected an array with minimum length 1.", "empty_array")
    asked: set[str] = set()
    for number, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in _ROLES:
            raise invalid(f"messages[{number}].role", f"supported values are: {', '.join(sorted(_ROLES))}.")
        if role == "tool":
            if message.get("tool_call_id") not in asked:
                raise invalid(
                    f"messages.[{number}].role",
                    "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
                )
            asked.discard(message["tool_call_id"])
            continue
        _nothing_open(asked, number)
        calls = message.get("tool_calls") or []
        if message.get("content") is None and not calls:
            raise invalid(f"messages[{number}].content", "expected a string, got null.", "invalid_type")
        asked = {call["id"] for call in calls}
    _nothing_open(asked, len(messages))
    return tuple(messages)


def _nothing_open(asked: set[str], number: int) -> None:
    if asked:
        raise invalid(
            f"messages.[{number}].role",
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following did not have response messages: {', '.join(sorted(asked))}",
        )
