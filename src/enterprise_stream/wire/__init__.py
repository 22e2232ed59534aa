"""What crosses the socket: typed messages, their codes, and reading and writing them."""

from enterprise_stream.wire.codec import ProtocolError, parse_client, serialise
from enterprise_stream.wire.codes import CloseCode, ErrorCode, error_code
from enterprise_stream.wire.messages import ClientMessage, ServerMessage

__all__ = [
    "ClientMessage",
    "CloseCode",
    "ErrorCode",
    "ProtocolError",
    "ServerMessage",
    "error_code",
    "parse_client",
    "serialise",
]
