"""The AsyncAPI 3 document of the stream, made from the typed messages."""

from functools import lru_cache
from typing import Any

import yaml
from pydantic import BaseModel

from enterprise_stream.wire.codec import CLIENT_TYPES, SERVER_TYPES
from enterprise_stream.wire.codes import PROTOCOL_VERSION, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX, CloseCode
from enterprise_stream.wire.examples import CLIENT_EXAMPLES, SERVER_EXAMPLES
from enterprise_stream.wire.schema import definitions, rebased

CLIENT_AUDIO = "ClientAudio"
SERVER_AUDIO = "ServerAudio"

_STAMPED = (
    "Bare by default. With `framing: stamped`, 8 bytes come first, big-endian: u8 version (1), u8 flags (bit 0: last "
    "of its stream), u16 stream, u32 position of the first sample in its stream."
)


class _PlainDumper(yaml.SafeDumper):
    """YAML as a person writes it: no anchors, and text of several lines as a block."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """A text as YAML, a block when it has several lines."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_PlainDumper.add_representer(str, _PlainDumper.represent_str)


@lru_cache(maxsize=1)
def asyncapi_yaml() -> str:
    """The document as YAML, as `/asyncapi.yaml` serves it."""
    header = "# Generated from enterprise_stream.wire.messages; do not edit.\n"
    return header + yaml.dump(
        _plain(asyncapi()),
        Dumper=_PlainDumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=False,
    )


def asyncapi() -> dict[str, Any]:
    """The document as plain data."""
    client = [model.__name__ for model in CLIENT_TYPES.values()]
    server = [model.__name__ for model in SERVER_TYPES.values()]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Enterprise Stream",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": _description(),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {
                "host": "127.0.0.1:3000",
                "protocol": "ws",
                "description": "A server on this machine. Behind TLS the protocol is `wss`.",
                "security": [
                    {"$ref": "#/components/securitySchemes/bearer"},
                    {"$ref": "#/components/securitySchemes/subprotocol"},
                ],
            }
        },
        "channels": {"stream": _channel([*client, CLIENT_AUDIO, *server, SERVER_AUDIO])},
        "operations": {
            "receiveFromClient": _operation("receive", "What a client may send.", [*client, CLIENT_AUDIO]),
            "sendToClient": _operation("send", "What the server sends.", [*server, SERVER_AUDIO]),
        },
        "components": {
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": _security(),
        },
    }


def _description() -> str:
    codes = "\n".join(f"- `{code.value}`: {code.meaning}" for code in CloseCode)
    return (
        "A guest talks, Sandra answers, over one WebSocket: text frames are JSON messages, binary frames are audio.\n\n"
        f"The connection is closed with one of these codes:\n\n{codes}\n"
    )


def _channel(names: list[str]) -> dict[str, Any]:
    return {
        "address": "/ws/stream",
        "title": "The conversation",
        "description": f"One connection is one session. The subprotocol is `{SUBPROTOCOL}`.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {"lang": {"type": "string", "description": "Language to speak, such as `es`."}},
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _operation(action: str, summary: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/stream"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/stream/messages/{name}"} for name in names],
    }


def _messages() -> dict[str, Any]:
    examples: dict[str, BaseModel] = {type(item).__name__: item for item in (*CLIENT_EXAMPLES, *SERVER_EXAMPLES)}
    told = {
        model.__name__: {
            "name": kind,
            "title": kind,
            "summary": " ".join((model.__doc__ or "").split()),
            "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
            "examples": [{"payload": examples[model.__name__].model_dump(mode="json")}],
        }
        for types in (CLIENT_TYPES, SERVER_TYPES)
        for kind, model in types.items()
    }
    return told | {
        CLIENT_AUDIO: _binary("Microphone audio, in the input format; any chunking from 10 ms up."),
        SERVER_AUDIO: _binary("The audio of the turn whose `audio_start` came last."),
    }


def _binary(summary: str) -> dict[str, Any]:
    return {
        "name": "binary",
        "title": "binary frame",
        "summary": summary,
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary", "description": _STAMPED},
    }


def _schemas() -> dict[str, Any]:
    client, server = definitions()
    merged = client | server
    return {name: rebased(merged[name], "#/components/schemas/") for name in sorted(merged)}


def _security() -> dict[str, Any]:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A session token, where the server asks for one.",
        },
        "subprotocol": {
            "type": "httpApiKey",
            "in": "header",
            "name": "Sec-WebSocket-Protocol",
            "description": f"The same token as subprotocol `{TOKEN_SUBPROTOCOL_PREFIX}TOKEN`, beside `{SUBPROTOCOL}`.",
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value  # the dumper knows no members of enums
