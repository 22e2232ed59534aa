"""Hostile HTTP, as bytes: each is one connection's whole attack."""

import base64
import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

Request = Callable[[Random], bytes]

PATHS: Final = (
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f.env", "/static/..%5c..%5c.env", "//etc/passwd",
    "/%00", "/index.html%00.js", "/.env", "/.git/config", "/console/../metrics", "/api/console/calls/../../../x",
    "/console", "/metrics", "/api/console/calls", "/api/console/calls/%27%20OR%201=1--", "/api/clips/../../x.wav",
    "/api/clips/0000.wav", "/api/clips?category=../..&text=x&language=es", "/ws/stream", "/asyncapi.yaml/..",
    "/" + "a" * 9_000, "/?" + "q=1&" * 2_000, "/embed", "/widget.js", "/readyz", "/%ff%fe", "*", "http://evil.example/",
)  # fmt: skip
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PROPFIND", "FOO", "get")


def _head(line: str, *more: str, host: str = "127.0.0.1") -> bytes:
    return "\r\n".join((line, f"Host: {host}", "Connection: close", *more, "", "")).encode("latin-1")


def paths(random: Random) -> bytes:
    """Ways out of the folder, and to the owner's pages."""
    return _head(f"GET {random.choice(PATHS)} HTTP/1.1")


def methods(random: Random) -> bytes:
    """Methods that no page has."""
    return _head(f"{random.choice(METHODS)} {random.choice(PATHS)} HTTP/1.1", "Content-Length: 0")


def headers(random: Random) -> bytes:
    """Headers that are too long, too many, forged or no headers."""
    return _head("GET / HTTP/1.1", *random.choice((
        ["X-Long: " + "x" * 70_000], [f"X-{n}: 1" for n in range(3_000)], ["X-Forwarded-For: 127.0.0.1"] * 3,
        ["Cookie: enterprise_stream_admin=" + "a" * 400], ["Host: evil.example"], ["X: \x00\x01"], [": nothing"],
        ["Range: bytes=" + ",".join(f"{n}-{n}" for n in range(1_000))], ["Range: bytes=-1,9999999999-0"],
        ["Accept-Encoding: gzip;q=" + "9" * 99], ["Accept-Language: " + "es," * 3_000], ["If-None-Match: " + '"' * 99],
    )))  # fmt: skip


def bodies(random: Random) -> bytes:
    """Bodies too big, of no form, or of two lengths."""
    where = random.choice(("/api/sessions", "/console/login", "/api/console/trials"))
    body = random.choice((b"x" * 100_000, b"{", b"[" * 4_000, b"key=" + b"%41" * 1_300, b'{"max_cost": NaN}', b"\xff"))
    length = random.choice((len(body), len(body) * 2, 10**12, -1))
    encoding = random.choice((f"Content-Length: {length}", "Transfer-Encoding: chunked", "Transfer-Encoding: xchunked"))
    more = ("Origin: http://127.0.0.1", "Content-Type: application/x-www-form-urlencoded")
    return _head(f"POST {where} HTTP/1.1", encoding, *more) + body


def smuggling(random: Random) -> bytes:
    """A request within another."""
    inner = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    return random.choice((
        _head("POST /api/sessions HTTP/1.1", f"Content-Length: {len(inner)}", "Transfer-Encoding: chunked")
        + b"0\r\n\r\n" + inner,
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" * 200,
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n" + inner,
    ))  # fmt: skip


def no_http(random: Random) -> bytes:
    """Other protocols, and none."""
    tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random.randbytes(300)
    return random.choice((
        tls, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /\r\n\r\n", b"SSH-2.0-x\r\n", b"\x00" * 4_000, b"\r\n" * 4_000,
        random.randbytes(2_000), b"GET / HTTP/9.9\r\n\r\n", "GET /\u00e9\u00ff HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    ))  # fmt: skip


def keys(random: Random) -> bytes:
    """Keys that are none."""
    wrong = random.choice(("wrong", "", "a" * 9_000, "esk_" + "0" * 43, "null", "\xe9" * 40, "Basic x"))
    return _head(f"GET {random.choice(('/metrics', '/api/console/calls'))} HTTP/1.1", f"Authorization: Bearer {wrong}")


def _unsigned(claims: object) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts) + "."


def handshakes(random: Random) -> bytes:
    """Upgrades with wrong tokens, origins, versions and keys."""
    claims = {"tenant": "hotel", "session_id": "x", "id": "x", "max_microdollars": 0, "exp": 2**40}
    token = random.choice(("x", "." * 900, _unsigned(claims), "a" * 5_000, "%00", "é", ",,,"))
    where = random.choice(("", "?lang=" + "x" * 4_000, "?token=abc", "/é", "%2f..", "?lang=%00"))
    return _head(
        f"GET /ws/stream{where} HTTP/1.1",
        "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Version: {random.choice(('13', '12', 'x', ''))}",
        f"Sec-WebSocket-Key: {random.choice(('AAAAAAAAAAAAAAAAAAAAAA==', 'x', ''))}",
        f"Sec-WebSocket-Protocol: enterprise-stream.v1, token.{token}",
        f"Origin: {random.choice(('null', 'https://evil.example', 'http://127.0.0.1.evil.example', ''))}",
    )  # fmt: skip


REQUESTS: Final[Mapping[str, Request]] = {
    each.__name__.replace("_", " "): each
    for each in (paths, methods, headers, bodies, smuggling, no_http, keys, handshakes)
}
