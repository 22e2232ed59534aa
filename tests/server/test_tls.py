"""The certificate: what is served, what is refused in which words, and how it is renewed while connections last."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from starlette.types import Receive, Scope, Send
from tests.certificates import certificate as made

from enterprise_stream.errors import ConfigError
from enterprise_stream.server.http import REQUEST_S
from enterprise_stream.server.serving import Server, server_config
from enterprise_stream.server.tls import Tls, certificate


@pytest.mark.parametrize("days", [-3, 0.5, 12, 40_000])  # the last one ends after 2050, which is written otherwise
def test_it_is_told_when_a_certificate_ends(tmp_path: Path, days: float) -> None:
    now = datetime.now(UTC)
    found = certificate(*made(tmp_path, days=days))
    assert abs(found.ends - (now + timedelta(days=days))) < timedelta(minutes=5)
    assert found.days_left((found.ends - timedelta(days=2.5)).timestamp() * 1000) == 2
    assert found.days_left((found.ends + timedelta(minutes=1)).timestamp() * 1000) == -1


def test_the_first_certificate_of_a_chain_is_the_server_s(tmp_path: Path) -> None:
    own, key = made(tmp_path, days=5)
    other, _ = made(tmp_path, days=3_000, name="authority")
    own.write_bytes(b"subject=/CN=server\n" + own.read_bytes() + other.read_bytes())
    assert certificate(own, key).ends < datetime.now(UTC) + timedelta(days=6)


def refusal(cert: Path, key: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        certificate(cert, key)
    return refused.value.message


def test_what_cannot_be_served_is_named_with_its_setting(tmp_path: Path) -> None:
    cert, key = made(tmp_path)
    _, others = made(tmp_path, name="other")
    _, locked = made(tmp_path, name="locked", password=b"geheim")
    assert refusal(cert, others) == f"TLS_KEY_FILE ({others}) is not the key of the certificate in TLS_CERT_FILE."
    assert "TLS_KEY_FILE is encrypted" in refusal(*made(tmp_path, name="locked", password=b"geheim"))
    assert locked.exists()
    assert refusal(key, key).startswith(f"TLS_CERT_FILE ({key}) holds no certificate")
    assert refusal(cert, cert).startswith(f"TLS_KEY_FILE ({cert}) holds no private key")
    gone = tmp_path / "gone.pem"
    assert refusal(gone, key) == f"TLS_CERT_FILE ({gone}) cannot be read (No such file or directory): let the " \
        "server's user do so."  # fmt: skip
    cert.write_bytes(cert.read_bytes()[:200] + b"\n-----END CERTIFICATE-----\n")
    assert refusal(cert, key).startswith(f"TLS_CERT_FILE ({cert}) and TLS_KEY_FILE ({key}) cannot be used: ")


def shaken(server: ssl.SSLContext, client: ssl.SSLContext) -> ssl.SSLObject:
    """The client's end after a handshake in memory."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = client.wrap_bio(back, there, server_hostname="localhost"), server.wrap_bio(there, back, server_side=True)
    waiting = list(ends)
    for _ in range(10):
        for end in [*waiting]:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(end)
    assert not waiting
    return ends[0]


def trusting(cert: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(cert))


@pytest.mark.requirement("S31")
@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
        (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3, "TLSv1.3"),
    ],
)
def test_what_is_agreed_on_is_strong(tmp_path: Path, least: ssl.TLSVersion, most: ssl.TLSVersion, told: str) -> None:
    cert, key = made(tmp_path)
    client = trusting(cert)
    client.minimum_version, client.maximum_version = least, most
    client.set_alpn_protocols(["h2", "http/1.1"])
    client.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    agreed = shaken(Tls(cert, key).context, client)
    name, _, bits = agreed.cipher() or ("", "", 0)
    assert (agreed.version(), agreed.selected_alpn_protocol(), agreed.compression()) == (told, "http/1.1", None)
    assert bits >= 128
    assert name.startswith(("ECDHE-", "TLS_"))
    assert "GCM" in name or "CHACHA20" in name


@pytest.mark.requirement("S31")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_what_is_older_is_refused_for_its_version(tmp_path: Path, version: ssl.TLSVersion) -> None:
    cert, key = made(tmp_path)
    client = trusting(cert)
    client.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        client.minimum_version = client.maximum_version = version
    with pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
        shaken(Tls(cert, key).context, client)


@pytest.mark.requirement("S31")
def test_a_weak_cipher_is_refused(tmp_path: Path) -> None:
    cert, key = made(tmp_path)
    client = trusting(cert)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers("ECDHE+AES+SHA:ECDHE+AES+SHA256:!AESGCM:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        shaken(Tls(cert, key).context, client)


def test_a_renewed_certificate_is_served_and_a_damaged_one_changes_nothing(tmp_path: Path) -> None:
    cert, key = made(tmp_path)
    first, tls = trusting(cert), Tls(cert, key)
    _, others = made(tmp_path, name="other")
    shaken(tls.context, first)
    good = key.read_bytes()
    for bad in (others.read_bytes(), b"", good[:100]):
        key.write_bytes(bad)
        with structlog.testing.capture_logs() as logged:
            tls.reload()
        assert [line["event"] for line in logged] == ["certificate_not_reloaded"]
        assert "TLS_" in logged[0]["message"]
        shaken(tls.context, first)
    made(tmp_path)
    with structlog.testing.capture_logs() as logged:
        tls.reload()
    assert [line["event"] for line in logged] == ["certificate_reloaded"]
    shaken(tls.context, trusting(cert))
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(tls.context, first)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _leave() -> None:
    """Nobody is there."""


@pytest.mark.requirement("S12")
@pytest.mark.parametrize("began", [b"", b"\x16\x03\x01\x02\x00\x01"])
async def test_a_tls_handshake_that_drips_is_dropped(tmp_path: Path, began: bytes) -> None:
    server = Server(server_config(_nothing, tls=Tls(*made(tmp_path)).context), _leave, 0)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        (listening,) = server.servers
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        at = asyncio.get_running_loop().time()
        writer.write(began)
        async with asyncio.timeout(3 * REQUEST_S):
            assert await reader.read() == b""
        assert asyncio.get_running_loop().time() - at < REQUEST_S + 0.2
        writer.close()
        server.stop()


async def test_an_address_that_was_taken_meanwhile_ends_the_start_and_is_named() -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    server = Server(server_config(_nothing), _leave, 0, beside=server_config(_nothing, port=port))
    with structlog.testing.capture_logs() as logged, pytest.raises(SystemExit) as ended:
        await server.serve()
    assert ended.value.code == 3
    (told,) = [line for line in logged if line["event"] == "cannot_listen"]
    assert (told["host"], told["port"], told["why"]) == ("127.0.0.1", port, "Address already in use")
    assert not server.servers[0].is_serving(), "the one that did listen does so no more"
    taken.close()
