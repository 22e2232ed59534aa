"""Text frames to messages and back.

Reading is total: whatever a client sends is either a message or a `ProtocolError` whose text tells the developer what
is wrong. The text names fields and rules of ours; of the client's input it repeats at most 40 characters.
"""

import json
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError, from_json

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.wire import messages
from enterprise_stream.wire.codes import ErrorCode
from enterprise_stream.wire.messages import ClientMessage, ServerMessage

MAX_ECHO_CHARS = 40
"""Most of a client's input that an error repeats, in characters."""

_MAX_PROBLEMS = 4

_JSON_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
}


_RULES = {
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "missing": "is missing",
    "model_type": "should be an object",
    "string_pattern_mismatch": "is blank",
    "string_type": "should be a string",
}
"""Our words for pydantic's rules; others, such as lists of allowed values and bounds, are told in pydantic's."""


class ProtocolError(EnterpriseStreamError):
    """A text frame that is no message of this protocol; the connection stays open and nothing has changed."""

    code = ErrorCode.BAD_MESSAGE.value


def message_types(union: Any) -> dict[str, type[BaseModel]]:
    """Models of `ClientMessage` or `ServerMessage` by their `type`."""
    return {model.model_fields["type"].default: model for model in get_args(get_args(union)[0])}


CLIENT_TYPES = message_types(messages.ClientMessage)
"""Models of what a client may send, by `type`."""

SERVER_TYPES = message_types(messages.ServerMessage)
"""Models of what a server may send, by `type`."""


def parse_client(text: str | bytes) -> ClientMessage:
    """Read one text frame from a client.

    Args:
        text: the frame; the caller has checked that it is at most `codes.MAX_TEXT_FRAME_BYTES` long.

    Raises:
        ProtocolError: it is no message; `code` is `bad_message`, or `unsupported_audio` when only an encoding or a
            rate is not offered, or `text_too_long`.
    """
    value = _read_object(text)
    kind = value.get("type")
    if not isinstance(kind, str):
        raise ProtocolError('The message needs a string `type`, for example {"type": "ping"}.')
    model = CLIENT_TYPES.get(kind)
    if model is None:
        raise ProtocolError(f"There is no message type {_quoted(kind)}; known are: {', '.join(sorted(CLIENT_TYPES))}.")
    try:
        return model.model_validate(value)  # type: ignore[return-value]  # CLIENT_TYPES holds the union's members
    except ValidationError as error:
        raise _explain(kind, error.errors(include_url=False, include_input=False)) from None


def parse_server(text: str) -> ServerMessage:
    """Read back a message that `serialise` wrote, as a log keeps it.

    Raises:
        ProtocolError: it is none of this version's.
    """
    value = _read_object(text)
    model = SERVER_TYPES.get(str(value.get("type")))
    try:
        if model is None:
            raise ProtocolError("A message in the log is of a type that is not known.")
        return model.model_validate(value)  # type: ignore[return-value]  # SERVER_TYPES holds the union's members
    except ValidationError:
        raise ProtocolError("A message in the log is not of this version.") from None


def serialise(message: ServerMessage) -> str:
    """Write one message as a text frame; every field is there, unknown ones as null."""
    try:
        return message.model_dump_json()
    except PydanticSerializationError:
        # A lone surrogate in a text that came from outside has no UTF-8 form; the rest of the message still counts.
        text = json.dumps(message.model_dump(), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode("utf-8")


def _read_object(text: str | bytes) -> dict[str, Any]:
    try:
        value = from_json(text, allow_inf_nan=False)
    except (ValueError, TypeError) as error:  # TypeError: a str with a lone surrogate
        reason = str(error) if isinstance(error, ValueError) else "it is not valid UTF-8"
        raise ProtocolError(f"The text frame is not JSON: {reason}.") from None
    if not isinstance(value, dict):
        found = _JSON_NAMES[type(value)]
        raise ProtocolError(f"A text frame is one JSON object with a string `type`; this is {found}.")
    return value


def _explain(kind: str, problems: list[ErrorDetails]) -> ProtocolError:
    codes = {_code_of(problem) for problem in problems}
    code = codes.pop() if len(codes) == 1 else ErrorCode.BAD_MESSAGE
    told = dict.fromkeys(_tell(kind, problem) for problem in problems)  # a union's arms repeat each other
    text = "; ".join(list(told)[:_MAX_PROBLEMS])
    return ProtocolError(f"The `{kind}` message cannot be used: {text}.", code=code.value)


def _code_of(problem: ErrorDetails) -> ErrorCode:
    loc, rule = problem["loc"], problem["type"]
    if loc[:1] == ("audio",) and rule in {"literal_error", "greater_than_equal", "less_than_equal"}:
        return ErrorCode.UNSUPPORTED_AUDIO
    if loc == ("text",) and rule == "string_too_long":
        return ErrorCode.TEXT_TOO_LONG
    return ErrorCode.BAD_MESSAGE


def _tell(kind: str, problem: ErrorDetails) -> str:
    name = ".".join(part for part in problem["loc"] if isinstance(part, str) and part in _CLIENT_NAMES) or kind
    rule = _RULES.get(problem["type"])
    if rule is None:
        rule = problem["msg"].removeprefix("Input ").removeprefix("String ")
    return f"`{name}` {rule}"


def _field_names(model: type[BaseModel]) -> set[str]:
    names = set(model.model_fields)
    for field in model.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                names |= _field_names(part)
    return names


_CLIENT_NAMES = frozenset(name for model in CLIENT_TYPES.values() for name in _field_names(model))
"""Names of the client's fields: an error's path never repeats a name that a client made up."""


def _quoted(text: str) -> str:
    """The text, at most `MAX_ECHO_CHARS` of it, printable, in quotes."""
    shown = text if len(text) <= MAX_ECHO_CHARS else text[: MAX_ECHO_CHARS - 1] + "…"
    return json.dumps("".join(c if c.isprintable() else "?" for c in shown), ensure_ascii=False)
