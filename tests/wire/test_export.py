"""What is generated from the typed messages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from enterprise_stream.wire import ProtocolError, parse_client
from enterprise_stream.wire.asyncapi import asyncapi_yaml
from enterprise_stream.wire.codec import CLIENT_TYPES, SERVER_TYPES, message_types
from enterprise_stream.wire.codes import CloseCode, ErrorCode
from enterprise_stream.wire.examples import CLIENT_EXAMPLES, SERVER_EXAMPLES
from enterprise_stream.wire.export import artefacts, main, stale, write
from enterprise_stream.wire.messages import ClientMessage
from enterprise_stream.wire.reference import reference
from enterprise_stream.wire.schema import definitions, direction_schema
from enterprise_stream.wire.typescript import typescript

ROOT = Path(__file__).resolve().parents[2]
MODELS = [*CLIENT_TYPES.values(), *SERVER_TYPES.values()]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/")
    for step in reference[2:].split("/"):
        document = document[step]
    return document


# --- drift -------------------------------------------------------------------------------------------------------


def test_the_generated_files_are_up_to_date() -> None:
    assert stale(ROOT) == [], "run `python -m enterprise_stream.wire.export --write`"


def test_check_names_what_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(tmp_path)]
    assert main(["--check", *root]) == 1
    assert capsys.readouterr().err.count("stale: ") == len(artefacts()) == 5
    assert main(["--write", *root]) == 0
    assert capsys.readouterr().out.count("wrote ") == 5
    assert main(["--check", *root]) == 0
    page = tmp_path / "docs/reference/protocol.md"
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    assert main(["--check", *root]) == 1
    assert "stale: docs/reference/protocol.md\n" in capsys.readouterr().err
    assert write(tmp_path) == ["docs/reference/protocol.md"]


# --- JSON Schema -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("direction", "examples"), [("client", CLIENT_EXAMPLES), ("server", SERVER_EXAMPLES)])
def test_every_example_fits_its_schema(direction: str, examples: tuple[BaseModel, ...]) -> None:
    schema = direction_schema(direction)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for example in examples:
        value = example.model_dump(mode="json")
        validator.validate(value)
        assert not validator.is_valid({**value, "type": "nonsense"})
        assert not validator.is_valid({key: item for key, item in value.items() if key != "type"})


def test_the_server_s_schema_asks_for_every_field() -> None:
    _, server = definitions()
    objects = {name: schema for name, schema in server.items() if schema.get("type") == "object"}
    assert len(objects) > len(SERVER_TYPES)
    for name, schema in objects.items():
        assert schema.get("required", []) == list(schema["properties"]), name


def test_the_client_s_schema_and_the_reader_agree() -> None:
    validator = jsonschema.Draft202012Validator(direction_schema("client"))
    for text in (
        '{"type": "start"}',
        '{"type": "start", "audio": {"input": {"encoding": "opus"}}, "language": null}',
        '{"type": "playback", "turn": 1.0, "played_ms": 1}',
        '{"type": "ping"}',
        '{"type": "test", "anything": [1]}',
    ):
        parse_client(text)
        validator.validate(json.loads(text))
    for text in (
        '{"type": "text"}',
        '{"type": "text", "text": " "}',
        '{"type": "playback", "turn": 0, "played_ms": 1}',
        '{"type": "start", "audio": {"input": {"sample_rate": 7999}}}',
        '{"type": "ping", "t": []}',
    ):
        with pytest.raises(ProtocolError):
            parse_client(text)
        assert not validator.is_valid(json.loads(text)), text


# --- AsyncAPI ----------------------------------------------------------------------------------------------------


def test_asyncapi_describes_every_message_once() -> None:
    document = yaml.safe_load(asyncapi_yaml())
    assert document["asyncapi"] == "3.0.0"
    names = {model.__name__ for model in MODELS} | {"ClientAudio", "ServerAudio"}
    assert set(document["components"]["messages"]) == set(document["channels"]["stream"]["messages"]) == names
    sent = [item["$ref"].rsplit("/", 1)[1] for item in document["operations"]["sendToClient"]["messages"]]
    received = [item["$ref"].rsplit("/", 1)[1] for item in document["operations"]["receiveFromClient"]["messages"]]
    assert sent == [*(model.__name__ for model in SERVER_TYPES.values()), "ServerAudio"]
    assert received == [*(model.__name__ for model in CLIENT_TYPES.values()), "ClientAudio"]


def test_asyncapi_s_references_resolve_and_its_examples_fit() -> None:
    document = yaml.safe_load(asyncapi_yaml())
    found = list(references(document))
    assert len(found) > 100
    for item in found:
        assert resolve(document, item) is not None
    for name, message in document["components"]["messages"].items():
        for example in message.get("examples", []):
            schema = {**document, "$ref": f"#/components/schemas/{name}"}
            jsonschema.Draft202012Validator(schema).validate(example["payload"])


def test_asyncapi_keeps_numbers_and_text_plain() -> None:
    text = asyncapi_yaml()
    assert "!!" not in text
    assert "&id" not in text
    assert "¿Se admiten mascotas?" in text


# --- TypeScript and the page -------------------------------------------------------------------------------------


def test_typescript_has_every_message_and_field() -> None:
    text = typescript()
    for model in MODELS:
        body = text.split(f"export interface {model.__name__} {{", 1)[1].split("\n}\n", 1)[0]
        for field in model.model_fields:
            assert f"\n  {field}:" in body or f"\n  {field}?:" in body, (model, field)
    assert "export type ClientMessage =\n  | StartMessage\n" in text
    assert "export type ServerMessage =\n  | ReadyMessage\n" in text
    assert "input?: InputAudio | null;" in text
    assert "input: InputAudioInForce | null;" in text


def test_the_page_has_every_message_field_and_code() -> None:
    page = reference()
    assert page.count("<!--") == 1  # the header; every place for a table is filled
    for model in MODELS:
        section = page.split(f"### `{model.model_fields['type'].default}`")
        assert any(
            all(f"| `{field}`" in part.split("\n### ")[0] for field in set(model.model_fields) - {"type", "seq"})
            for part in section[1:]
        ), model
    assert all(f"| `{code.value}` | {code.meaning} |" in page for code in ErrorCode)
    assert all(f"| `{code.value}` | {code.meaning} |" in page for code in CloseCode)
    assert "|  |" not in page


def test_a_new_message_reaches_every_artefact() -> None:
    """The generators read the unions: what a union holds is what they write."""
    assert message_types(ClientMessage) == CLIENT_TYPES
    schema = json.loads(artefacts()["docs/reference/schemas/client.json"])
    assert [item["$ref"] for item in schema["oneOf"]] == [
        f"#/$defs/{model.__name__}" for model in CLIENT_TYPES.values()
    ]
