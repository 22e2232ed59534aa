"""Everything that she can do, put together: the tools that are always there, an owner's own, and the webhooks."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from enterprise_stream.clock import Clock
from enterprise_stream.errors import ConfigError
from enterprise_stream.store import Store
from enterprise_stream.thinking.facts import Facts
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.tools.booking import RequestBooking
from enterprise_stream.tools.box import Server, ToolBox
from enterprise_stream.tools.facts import LookUpFacts
from enterprise_stream.tools.hand_over import HandOverToPerson, requested
from enterprise_stream.tools.http_endpoint import HttpEndpoint
from enterprise_stream.tools.implementation import Implementation
from enterprise_stream.tools.tools_file import McpServer, ToolsFile
from enterprise_stream.tools.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Business:
    """What the tools stand on.

    Attributes:
        store: where requests are kept.
        knowledge: the business as its file now says.
        facts: finds facts in it.
        clock: dates requests.
    """

    store: Store
    knowledge: Callable[[], Knowledge]
    facts: Facts
    clock: Clock


@asynccontextmanager
async def tools_running(
    box: ToolBox, business: Business, own: ToolsFile, webhook: tuple[str, str] | None
) -> AsyncIterator[None]:
    """The time in which sessions may use the tools.

    Args:
        box: filled and entered here; sessions may have been given it before.
        business: what the tools stand on.
        own: the owner's.
        webhook: where requests go and what signs them; None keeps them here only.

    Raises:
        ConfigError: what signs is no secret, or a package is missing.
    """
    async with AsyncExitStack() as stack:
        tell: Callable[[], None] | None = None
        if webhook is not None:
            url, secret = webhook
            try:
                sender = Webhooks(business.store, url, secret, business.clock)
            except ValueError:
                raise ConfigError(
                    "WEBHOOK_SECRET is (set, hidden): after whsec_ comes base64; make one anew, or use any other text."
                ) from None
            tell = (await stack.enter_async_context(sender)).wake
        box.fill(
            [*always(business, tell), *(HttpEndpoint(each) for each in own.tools)], servers(own.servers), requested
        )
        await stack.enter_async_context(box)
        yield


def always(business: Business, tell: Callable[[], None] | None) -> list[Implementation]:
    """The tools that are always there."""
    return [
        LookUpFacts(business.facts),
        RequestBooking(business.store, business.knowledge, business.clock, tell),
        HandOverToPerson(business.store, business.knowledge, business.clock, tell),
    ]


def servers(described: Sequence[McpServer]) -> list[Server]:
    """The owner's servers, not connected yet.

    Raises:
        ConfigError: the package that talks to them is not installed.
    """
    if not described:
        return []
    try:
        from enterprise_stream.tools.mcp_server import McpConnection
    except ImportError as error:
        raise ConfigError(
            f"TOOLS_FILE names servers, which need {error.name}: install `enterprise-stream[cloud]`."
        ) from error
    return [McpConnection(each) for each in described]
