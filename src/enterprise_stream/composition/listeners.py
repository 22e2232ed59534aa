"""Where the server listens: on one address, or on another one too that is the owner's own."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette

from enterprise_stream.config import Settings
from enterprise_stream.server.drain import leave
from enterprise_stream.server.routes import guests_app
from enterprise_stream.server.serving import Server, server_config
from enterprise_stream.server.tls import Tls


def server_for(settings: Settings, app: Starlette, reload: Callable[[], Awaitable[None]]) -> Server:
    """The server of an application as the settings have it; what breaks in the application ends it.

    Args:
        settings: the addresses, the certificate, how long guests may take to leave.
        app: the application.
        reload: reads the settings again, before the certificate is.

    Raises:
        ConfigError: the certificate cannot be used.
    """
    tls = None
    if settings.tls_cert_file is not None and settings.tls_key_file is not None:
        tls = Tls(settings.tls_cert_file, settings.tls_key_file)
    trusted = settings.trusted_proxies
    guests = partial(
        server_config,
        host=settings.host,
        port=settings.port,
        trusted_proxies=trusted,
        tls=None if tls is None else tls.context,
    )
    parts = partial(leave, app), settings.drain_s, partial(_reload, reload, tls)
    if settings.admin_port is None:
        server = Server(guests(app), *parts)
    else:
        own_tls = None if settings.admin_loopback else tls  # no certificate is for this machine's own names
        owners = server_config(
            app,
            host=settings.admin_host,
            port=settings.admin_port,
            trusted_proxies=trusted,
            tls=None if own_tls is None else own_tls.context,
        )
        server = Server(owners, *parts, beside=guests(guests_app(app)))
    app.state.on_fault = server.fail
    return server


async def _reload(settings: Callable[[], Awaitable[None]], tls: Tls | None) -> None:
    await settings()
    if tls is not None:
        tls.reload()
