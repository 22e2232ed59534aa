"""Reading and writing text frames."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from enterprise_stream.wire import ErrorCode, ProtocolError, error_code, messages, parse_client, serialise
from enterprise_stream.wire.codec import CLIENT_TYPES, SERVER_TYPES
from enterprise_stream.wire.examples import CLIENT_EXAMPLES, SERVER_EXAMPLES
from enterprise_stream.wire.messages import (
    AudioSettings,
    HistoryMessage,
    InputAudio,
    PingMessage,
    PlaybackMessage,
    PongMessage,
    StartMessage,
    TextMessage,
    TranscriptionMessage,
)

PROTOCOL_CLIENT = {
    "start": {"language", "audio", "turn", "resume", "consent"},
    "stop": set(),
    "text": {"text"},
    "interrupt": set(),
    "playback": {"turn", "played_ms", "first"},
    "set_language": {"language"},
    "get_history": set(),
    "clear_history": set(),
    "erase_data": set(),
    "get_status": set(),
    "test": {"id"},
    "ping": {"t"},
}
PROTOCOL_SERVER = {
    "ready": {"protocol", "session_id", "resume_token", "language", "persona", "server", "disclosure"},
    "started": {"language", "audio", "turn", "resume_token"},
    "speech_started": {"turn"},
    "speech_stopped": {"turn", "unheard"},
    "transcription": {"turn", "text", "final", "language"},
    "response_chunk": {"turn", "text"},
    "audio_start": {"turn", "stream", "encoding", "sample_rate", "voice", "start_ms"},
    "caption": {"turn", "text", "start_ms", "end_ms"},
    "duck": {"turn", "on"},
    "audio_end": {"turn", "duration_ms"},
    "response_complete": {"turn", "text", "responseType", "latency", "usage", "cost", "answered"},
    "timeline": {"turn", "stages", "total_ms", "heard", "slowest", "over_ms"},
    "play_voice": {"turn", "text", "responseType", "clip"},
    "interrupted": {"turn", "heard_text", "played_ms", "reason"},
    "language": {"language"},
    "history": {"items"},
    "history_cleared": set(),
    "data_erased": set(),
    "status": {"state", "engines", "degraded"},
    "pong": {"t", "at"},
    "test": {"ok", "id"},
    "rate_limited": {"retry_after_ms", "message"},
    "going_away": {"grace_ms", "reason"},
    "error": {"code", "message", "retryable", "turn"},
}


def refuse(text: str | bytes) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        parse_client(text)
    return caught.value


def test_the_protocol_has_exactly_these_messages_and_fields() -> None:
    assert {kind: set(model.model_fields) - {"type"} for kind, model in CLIENT_TYPES.items()} == PROTOCOL_CLIENT
    assert {kind: set(model.model_fields) - {"type", "seq"} for kind, model in SERVER_TYPES.items()} == PROTOCOL_SERVER
    assert all("seq" in model.model_fields for model in SERVER_TYPES.values())


def test_there_is_an_example_of_every_message() -> None:
    assert [example.type for example in CLIENT_EXAMPLES] == list(CLIENT_TYPES)
    assert [example.type for example in SERVER_EXAMPLES] == list(SERVER_TYPES)


@pytest.mark.parametrize("example", CLIENT_EXAMPLES, ids=lambda example: example.type)
def test_a_client_message_survives_the_wire(example: messages.ClientMessage) -> None:
    assert parse_client(example.model_dump_json()) == example
    assert parse_client(example.model_dump_json(exclude_none=True).encode()) == example


@pytest.mark.parametrize("example", SERVER_EXAMPLES, ids=lambda example: example.type)
def test_a_server_message_survives_the_wire_with_every_field(example: messages.ServerMessage) -> None:
    text = serialise(example)
    assert TypeAdapter[Any](messages.ServerMessage).validate_json(text) == example
    assert set(json.loads(text)) == set(type(example).model_fields)


def made(model: type[BaseModel]) -> st.SearchStrategy[BaseModel]:
    return st.builds(lambda value: model.model_validate(value), FIELDS[model])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TURN = st.integers(1, 2**53 - 1)
MS = st.floats(0, 1e9) | st.integers(0, 10**9)
RATE = st.none() | st.integers(8000, 96000)
START = st.fixed_dictionaries(
    {},
    optional={
        "language": st.none() | st.text(max_size=35),
        "audio": st.fixed_dictionaries(
            {},
            optional={
                "input": st.fixed_dictionaries(
                    {}, optional={"encoding": st.sampled_from(["webm", "opus", None]), "sample_rate": RATE}
                ),
                "output": st.fixed_dictionaries({}, optional={"encoding": st.just("none"), "sample_rate": RATE}),
                "framing": st.sampled_from(["bare", "stamped", None]),
            },
        ),
        "turn": st.fixed_dictionaries({}, optional={"mode": st.sampled_from(["auto", "manual", None])}),
        "resume": st.fixed_dictionaries(
            {"session_id": st.text(max_size=20), "resume_token": st.text(max_size=20), "last_seq": st.integers(0, 9)},
            optional={"played": st.fixed_dictionaries({"turn": TURN, "played_ms": MS})},
        ),
    },
)
FIELDS: dict[type[BaseModel], st.SearchStrategy[dict[str, Any]]] = {
    StartMessage: START,
    PlaybackMessage: st.fixed_dictionaries({"turn": TURN, "played_ms": MS}),
    TextMessage: st.fixed_dictionaries({"text": st.text(max_size=50).map(lambda text: text + "!")}),
    messages.TestMessage: st.fixed_dictionaries({"id": JSON}),
    PingMessage: st.fixed_dictionaries({"t": st.none() | st.integers() | MS | st.text(max_size=64)}),
}


@given(st.sampled_from(list(FIELDS)).flatmap(made))
def test_any_client_message_survives_the_wire(message: messages.ClientMessage) -> None:
    assert parse_client(message.model_dump_json()) == message


@given(JSON)
def test_a_probe_and_a_ping_come_back_as_they_are(value: Any) -> None:
    probe = parse_client(json.dumps({"type": "test", "id": value, "anything": [value]}))
    assert isinstance(probe, messages.TestMessage)
    assert json.loads(serialise(messages.TestResultMessage(seq=1, id=probe.id))) == {
        "type": "test",
        "seq": 1,
        "ok": True,
        "id": value,
    }


@pytest.mark.parametrize("mark", [0, -3, 1712.5, 2**80, "now", None])
def test_pong_has_the_ping_s_mark(mark: int | float | str | None) -> None:
    ping = parse_client(json.dumps({"type": "ping", "t": mark}))
    assert isinstance(ping, PingMessage)
    back = json.loads(serialise(PongMessage(seq=1, t=ping.t)))["t"]
    assert (back, type(back)) == (mark, type(mark))


# --- refusals ----------------------------------------------------------------------------------------------------


def outcome(text: str | bytes) -> messages.ClientMessage | ProtocolError:
    try:
        return parse_client(text)
    except ProtocolError as error:
        return error


def only_protocol_errors(text: str | bytes) -> None:
    result = outcome(text)
    if isinstance(result, ProtocolError):
        assert result.code in set(ErrorCode)
        assert len(result.message) < 900
        assert result.message.isprintable()
    else:
        assert type(result) in CLIENT_TYPES.values()


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())) | st.binary())
def test_arbitrary_frames_raise_nothing_else(text: str | bytes) -> None:
    only_protocol_errors(text)


@given(JSON)
def test_arbitrary_json_raises_nothing_else(value: Any) -> None:
    only_protocol_errors(json.dumps(value))


NAMES = sorted({name for fields in PROTOCOL_CLIENT.values() for name in fields} | {"input", "output", "encoding"})


@given(st.sampled_from(list(PROTOCOL_CLIENT)), st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), JSON))
def test_arbitrary_fields_raise_nothing_else(kind: str, fields: dict[str, Any]) -> None:
    only_protocol_errors(json.dumps({**fields, "type": kind}))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 30_000,
        '{"type":"test","id":' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"type":"ping","t":' + "9" * 60_000 + "}",
        '{"type":"ping","t":NaN}',
        '{"type":"ping","t":1e999}',
        '{"type":"playback","turn":1,"played_ms":Infinity}',
        '{"type":"playback","turn":1,"played_ms":' + "9" * 400 + "}",
        '{"type":"text","text":"\\ud800"}',
        '{"type":"text","text":"\ud800"}',
        b'{"type":"text","text":"\xff"}',
        "",
        " ",
        b"",
        "\x00",
        '{"type":"ping"} {"type":"ping"}',
    ],
    ids=range(16),
)
def test_hostile_frames_are_bad_messages(text: str | bytes) -> None:
    assert refuse(text).code == "bad_message"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("hola", "bad_message", "not JSON"),
        ("[1]", "bad_message", "this is an array"),
        ("7", "bad_message", "this is a number"),
        ("null", "bad_message", "this is null"),
        ("{}", "bad_message", "needs a string `type`"),
        ('{"type":7}', "bad_message", "needs a string `type`"),
        ('{"type":"hello"}', "bad_message", 'no message type "hello"; known are: clear_history,'),
        ('{"type":"text"}', "bad_message", "`text` is missing"),
        ('{"type":"text","text":7}', "bad_message", "`text` should be a string"),
        ('{"type":"text","text":" \\n "}', "bad_message", "`text` is blank"),
        ('{"type":"text","text":"' + "a" * 4001 + '"}', "text_too_long", "at most 4000 characters"),
        ('{"type":"playback","turn":0,"played_ms":1}', "bad_message", "`turn` should be greater than or equal to 1"),
        ('{"type":"playback","turn":true,"played_ms":1}', "bad_message", "`turn` should be a whole number"),
        ('{"type":"playback","turn":1.5,"played_ms":1}', "bad_message", "`turn` should be a whole number"),
        ('{"type":"playback","turn":1,"played_ms":-1}', "bad_message", "`played_ms`"),
        ('{"type":"playback","turn":1,"played_ms":"1"}', "bad_message", "`played_ms` should be a number"),
        ('{"type":"set_language"}', "bad_message", "`language` is missing"),
        ('{"type":"start","turn":"auto"}', "bad_message", "`turn` should be an object"),
        ('{"type":"start","turn":{"mode":"x"}}', "bad_message", "`turn.mode` should be 'auto' or 'manual'"),
        ('{"type":"start","audio":{"input":{"encoding":"mp3"}}}', "unsupported_audio", "`audio.input.encoding` should"),
        ('{"type":"start","audio":{"output":{"sample_rate":1}}}', "unsupported_audio", "`audio.output.sample_rate`"),
        ('{"type":"start","audio":{"input":{"encoding":"mp3"}},"language":1}', "bad_message", "`language` should be"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_wrong(text: str, code: str, said: str) -> None:
    error = refuse(text)
    assert (error.code, error.retryable) == (code, False)
    assert said in error.message


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "z" * 5000},
        {"type": "text", "text": ["z" * 5000]},
        {"type": "start", "audio": {"input": {"encoding": "z" * 5000}}},
        {"type": "ping", "t": {"z" * 5000: 1}},
        {"z" * 5000: 1},
    ],
)
def test_a_refusal_repeats_little_of_the_input(frame: dict[str, Any]) -> None:
    assert "z" * 40 not in refuse(json.dumps(frame)).message


def test_a_refusal_is_printable() -> None:
    assert refuse('{"type":"\\u001b[31mred\\n"}').message.isprintable()


# --- what is accepted --------------------------------------------------------------------------------------------


def test_unknown_fields_and_nulls_are_harmless() -> None:
    text = (
        '{"type":"start","x":1,"language":null,"audio":{"y":2,"input":{"encoding":"pcm_s16le","sample_rate":16000.0}}}'
    )
    start = parse_client(text)
    assert start == StartMessage(audio=AudioSettings(input=InputAudio(encoding="pcm_s16le", sample_rate=16000)))


def test_a_text_without_utf8_form_still_goes_out() -> None:
    text = serialise(
        TranscriptionMessage(seq=1, turn=1, text="a", final=True).model_copy(update={"text": "¿a\ud800b?"})
    )
    assert json.loads(text) == {
        "type": "transcription",
        "seq": 1,
        "turn": 1,
        "text": "¿a?b?",
        "final": True,
        "language": None,
    }


def test_an_empty_history_is_a_list() -> None:
    assert serialise(HistoryMessage(seq=1, items=())) == '{"type":"history","seq":1,"items":[]}'


def test_an_error_s_code_unknown_to_the_wire_is_internal() -> None:
    assert error_code("bad_audio") is ErrorCode.BAD_AUDIO
    assert error_code("bad_config") is ErrorCode.INTERNAL
