"""The documented fields of every server message, as data, and the check of one message against them.

A field that the protocol writes without `?` must be there, null where it is not known. A field with `?` may be
left out. Fields and messages that the protocol does not name are allowed: the project may add some.
"""

from collections.abc import Mapping
from typing import Any

JsonObject = dict[str, Any]

NUMBER = (int, float)
NULL = type(None)
RESPONSE_TYPES = ("welcome", "luxury", "error", "support", "general")
REASONS = ("barge_in", "client", "error")
OUT_ENCODINGS = ("pcm_s16le", "opus", "mulaw", "alaw", "none")
IN_ENCODINGS = ("pcm_s16le", "webm", "ogg", "wav", "opus", "mulaw", "alaw")

Shape = Mapping[str, Any]

LATENCY: Shape = {
    "endpoint": (*NUMBER, NULL),
    "transcript": (*NUMBER, NULL),
    "first_text": (*NUMBER, NULL),
    "first_audio": (*NUMBER, NULL),
    "speculated": (bool, NULL),
}
USAGE: Shape = dict.fromkeys(
    ("stt_ms", "llm_input_tokens", "llm_cached_tokens", "llm_output_tokens", "tts_chars", "tts_cached_chars"),
    (*NUMBER, NULL),
)
COST: Shape = dict.fromkeys(("stt", "llm", "tts", "total"), (*NUMBER, NULL))
HISTORY_ITEM: Shape = {
    "role": str,
    "text": str,
    "turn": (int, NULL),
    "language": (str, NULL),
    "at": (*NUMBER, str, NULL),
    "interrupted": (bool, NULL),
}
FORMAT: Shape = {"encoding": (str, NULL), "sample_rate": (int, NULL)}

MESSAGES: Mapping[str, Shape] = {
    "ready": {
        "protocol": int,
        "session_id": str,
        "resume_token": str,
        "language": str,
        "persona": {"name": str, "voice": str},
        "server": {"version": str, "mode": str},
        "disclosure": str,
    },
    "started": {
        "language": str,
        "audio": {"input": FORMAT, "output": FORMAT, "framing": str},
        "turn": {"mode": str},
    },
    "speech_started": {"turn": int},
    "speech_stopped": {"turn": int},
    "transcription": {"turn": int, "text": str, "final": bool},
    "response_chunk": {"turn": int, "text": str},
    "audio_start": {"turn": int, "stream": int, "encoding": str, "sample_rate": int, "voice": str},
    "caption": {"turn": int, "text": str, "start_ms": NUMBER, "end_ms": NUMBER},
    "duck": {"turn": int, "on": bool},
    "audio_end": {"turn": int, "duration_ms": NUMBER},
    "response_complete": {
        "turn": int,
        "text": str,
        "responseType": str,
        "latency": LATENCY,
        "usage": USAGE,
        "cost": COST,
    },
    "play_voice": {"turn": int, "text": str, "responseType": str},
    "interrupted": {"turn": int, "heard_text": str, "played_ms": NUMBER, "reason": str},
    "language": {"language": str},
    "history": {"items": [HISTORY_ITEM]},
    "status": {"state": str},
    "going_away": {"grace_ms": NUMBER, "reason": (str, NULL)},
    "error": {"code": str, "message": str, "retryable": bool},
    "test": {"ok": bool},
}

CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("response_complete", "responseType"): RESPONSE_TYPES,
    ("play_voice", "responseType"): RESPONSE_TYPES,
    ("interrupted", "reason"): REASONS,
    ("audio_start", "encoding"): tuple(name for name in OUT_ENCODINGS if name != "none"),
}


def faults(message: JsonObject) -> list[str]:
    """Returns what is wrong with the fields of one server message, in words; empty when nothing is."""
    kind = message["type"]
    found = _object(kind, message, MESSAGES.get(kind, {}))
    for (owner, field), allowed in CHOICES.items():
        if owner == kind and field in message and message[field] not in allowed:
            found.append(f"{kind}.{field} is {message[field]!r}, allowed: {', '.join(allowed)}")
    turn = message.get("turn")
    if isinstance(turn, int) and turn < 1:
        found.append(f"{kind}.turn is {turn}; turns count from 1")
    if kind == "error":
        found += _leaks(message)
    return found


def _object(path: str, value: Any, shape: Shape) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is {value!r}, not an object"]
    found = []
    for name, wanted in shape.items():
        where = f"{path}.{name}"
        if name not in value:
            found.append(f"{where} is left out (a field that is not known is null)")
        elif isinstance(wanted, dict):
            found += _object(where, value[name], wanted)
        elif isinstance(wanted, list):
            found += _list(where, value[name], wanted[0])
        elif not _is(value[name], wanted):
            found.append(f"{where} is {value[name]!r}, of the wrong type")
    return found


def _list(path: str, value: Any, shape: Shape) -> list[str]:
    if not isinstance(value, list):
        return [f"{path} is {value!r}, not a list"]
    return [fault for i, item in enumerate(value) for fault in _object(f"{path}[{i}]", item, shape)]


def _is(value: Any, wanted: Any) -> bool:
    types = wanted if isinstance(wanted, tuple) else (wanted,)
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, types)


def _leaks(message: JsonObject) -> list[str]:
    text = str(message.get("message"))
    if not text.strip():
        return ["error.message is empty; it tells the guest or the developer what to do"]
    return [f"error.message shows {sign!r}" for sign in ("Traceback", 'File "', "sk-") if sign in text]
