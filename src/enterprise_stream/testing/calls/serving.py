"""The console's endpoints over any database, without engines behind them: for tests, benches and looking at pages."""

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from enterprise_stream.clock import Clock
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.prices import Prices
from enterprise_stream.ladder.state import KindState, LadderState, RungState
from enterprise_stream.server.access import Access, AccessSettings, guarded, owned
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.api import console
from enterprise_stream.server.api.console.desk import Desk, LibraryLook
from enterprise_stream.server.service import Service
from enterprise_stream.store import Store
from enterprise_stream.testing.engines import scripted_engines
from enterprise_stream.thinking.persona import Persona

LADDERS = LadderState(
    (
        KindState("stt", (RungState("deepgram", "closed"), RungState("whisper", "closed"))),
        KindState("llm", (RungState("openai", "open"), RungState("retrieval", "closed"))),
        KindState("tts", (RungState("deepgram", "closed"), RungState("kokoro", "closed"))),
    )
)
"""A brain whose vendor is away."""


def console_app(
    store: Store,
    clock: Clock,
    *more: BaseRoute,
    access: AccessSettings | None = None,
    library: LibraryLook | None = None,
) -> Starlette:
    """The endpoints, and whatever else is to be served beside them; without `access`, open to this machine."""
    engines = scripted_engines()
    app = Starlette(routes=[*owned(console.routes), *guarded(console.operator_routes), *more])
    app.state.desk = Desk(store, clock, library)
    app.state.service = Service(
        cast=lambda: engines,
        persona=Persona("Sandra", "sandra", {}),
        clock=clock,
        language="es",
        languages=("es", "en"),
        access=Access(access or AccessSettings(), clock),
        admission=Admission(32, lambda: 0, 128),
        mode="openai+deepgram",
        idle_s=300.0,
        ready=tuple,
        meter=Meter(Prices(()), clock, Amounts(call=2_000_000, day=20_000_000)),
        ladders=lambda: LADDERS,
    )
    return app
