"""Everything that sessions stand on, from the database up, put together and running."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from enterprise_stream.clock import Clock, MonotonicClock
from enterprise_stream.composition.ladders import Ladders, Voice, build_ladders
from enterprise_stream.composition.local import Local
from enterprise_stream.composition.money import counted
from enterprise_stream.composition.records import Records, open_records
from enterprise_stream.composition.vendors import Vendors
from enterprise_stream.config import Settings, load_environment
from enterprise_stream.cost.account import Charge
from enterprise_stream.cost.book import Book
from enterprise_stream.cost.gates import gated_voice
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.money import dollars
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.cost.prices import Prices
from enterprise_stream.errors import StoreError
from enterprise_stream.ladder import LadderVoice, cast
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.purchases import Purchase
from enterprise_stream.session.engines import Engines
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import ErasureLedger
from enterprise_stream.thinking.ahead import Phrase
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.persona import Persona, with_retention
from enterprise_stream.thinking.tool_ports import Toolbox
from enterprise_stream.tools.box import ToolBox
from enterprise_stream.tools.running import Business, tools_running
from enterprise_stream.tools.tools_file import ToolsFile, load_tools_file
from enterprise_stream.vendor_settings import VENDOR_OF, TtsName
from enterprise_stream.voices import said_ahead

log = structlog.get_logger(__name__)

DRAFT_INPUT_TOKENS = 4_000
"""A prompt with the facts of a question and a long conversation, for what an answer begun ahead may cost at most."""

DRAFT_CHARS = 200
"""Its first clause, the same."""


@dataclass(frozen=True, slots=True)
class House:
    """What a server serves guests with.

    Attributes:
        ahead: what she will say whoever asks, clause by clause.
        draft_microdollars: what an answer that is begun ahead may cost at most.
        ledger: what was erased from the database.
    """

    local: Local
    persona: Persona
    languages: tuple[str, ...]
    ahead: tuple[Phrase, ...]
    ladders: Ladders
    tools: Toolbox
    meter: Meter
    book: Book
    store: Store
    ledger: ErasureLedger
    clock: Clock
    draft_microdollars: int

    def cast(self) -> Engines:
        """The engines of a session that begins now: the best voice that is to be had, and it stays."""
        voices: list[tuple[LadderVoice, Voice]] = [(voice.ladder, voice) for voice in self.ladders.voices]
        return self._engines(cast(voices))

    def recast(self, voice: str) -> Engines | None:
        """The engines of a session that has this voice already; None where no engine has it."""
        found = next((each for each in self.ladders.voices if each.speaks.voice == voice), None)
        return None if found is None else self._engines(found)

    async def paid_for(self, session: str) -> int:
        """What a session has cost in other processes, in micro-dollars; nothing where that cannot be read now."""
        try:
            return await self.book.paid_for(session)
        except StoreError as error:
            log.warning("spending_of_session_unknown", code=error.code)
            return 0

    def _engines(self, voice: Voice) -> Engines:
        local = self.local
        return Engines(
            activity=local.activity,
            recogniser=self.ladders.recogniser,
            turn_detector=local.turn_detector,
            brain=self.ladders.brain,
            voice=voice.speaks,
            same_meaning=local.brain.same_meaning,
            busy=lambda: local.pool.waiting > 0,
            covers=voice.covers,
            state=lambda: self.ladders.state_with(voice),
            tools=self.tools,
        )


def build_persona(settings: Settings, knowledge: Knowledge) -> Persona:
    """Who answers, from the settings and the business's own file; her voice is each session's own."""
    disclosures = with_retention(knowledge.business.disclosure, settings.retention_transcript_days)
    return Persona(settings.persona, "", disclosures)


def spoken_languages(settings: Settings, knowledge: Knowledge) -> tuple[str, ...]:
    """The languages that sessions may speak: those of the settings that the business has answers in."""
    return tuple(code for code in settings.languages if code in knowledge.business.languages)


def phrases_ahead(settings: Settings, knowledge: Knowledge) -> tuple[Phrase, ...]:
    """What she will say whoever asks."""
    persona = build_persona(settings, knowledge)
    return tuple(said_ahead(knowledge, persona, spoken_languages(settings, knowledge)))


@asynccontextmanager
async def open_house(
    settings: Settings, local: Local, metrics: Metrics, clock: Clock | None = None
) -> AsyncIterator[House]:
    """Open the database, begin with what runs beside the sessions, and enter the engines.

    Args:
        settings: what is to be there.
        local: this machine's engines; given back when this ends.
        metrics: told of each use of an engine and of each purchase.
        clock: all that waits and counts goes by it; this machine's by default.

    Raises:
        StoreError: the database cannot be used; the message says what to do.
        LedgerError: what was erased cannot be told.
        LogError: the session log may still show what was erased.
        ConfigError: a file that the settings name cannot be used, or packages are missing.
    """
    clock, prices = clock or MonotonicClock(), load_prices(settings.prices_file)
    ahead = phrases_ahead(settings, local.knowledge)
    async with AsyncExitStack() as stack:
        stack.callback(local.pool.close)
        records = await stack.enter_async_context(open_records(settings, clock))  # before anything reads or tells of it
        if records.restored:
            _tell_again(records)
        store = records.store
        counting = counted(settings, store, clock, prices, [partial(_count, metrics)])
        meter, book = await stack.enter_async_context(counting)
        ladders = build_ladders(settings, local, Vendors(settings, meter, clock), meter, ahead, metrics.engine_used)
        for engine in ladders.enters:
            await stack.enter_async_context(engine)
        tools = ToolBox()
        business = Business(store, local.source.load, local.facts, clock)
        await stack.enter_async_context(tools_running(tools, business, _own_tools(settings), _webhook(settings)))
        yield House(
            local=local,
            persona=build_persona(settings, local.knowledge),
            languages=spoken_languages(settings, local.knowledge),
            ahead=ahead,
            ladders=ladders,
            tools=tools,
            meter=meter,
            book=book,
            store=store,
            ledger=records.ledger,
            clock=clock,
            draft_microdollars=draft_cost(settings, prices, clock.today()),
        )


@asynccontextmanager
async def paid_voice(settings: Settings, name: TtsName) -> AsyncIterator[TextToSpeech]:
    """A vendor's voice on its own, for what is said ahead of calls; its cost is counted and capped.

    Raises:
        StoreError: the database cannot be used; the message says what to do.
        ConfigError: packages are missing.
    """
    clock = MonotonicClock()
    async with (
        Store.open(settings.store_url) as store,
        counted(settings, store, clock, load_prices(settings.prices_file)) as (meter, book),
    ):
        meter.learn(clock.today(), await book.others(clock.today()))
        async with Vendors(settings, meter, clock).voice(name) as voice:
            yield gated_voice(voice, meter)


def _tell_again(records: Records) -> None:
    log.warning(
        "erased_again",
        calls=records.again.sessions,
        turns=records.again.turns,
        requests=records.again.requests,
        session_log_entries=records.entries,
        message="a backup was restored that held what was erased since",
    )


def _own_tools(settings: Settings) -> ToolsFile:
    if settings.tools_file is None:
        return ToolsFile()
    return load_tools_file(settings.tools_file, load_environment())


def _webhook(settings: Settings) -> tuple[str, str] | None:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    return settings.webhook_url, settings.webhook_secret.get_secret_value()


def _count(metrics: Metrics, charge: Charge) -> None:
    metrics.bought(charge.purchase.kind, charge.purchase.engine, dollars(charge.microdollars))


def draft_cost(settings: Settings, prices: Prices, day: str) -> int:
    """What an answer that is begun ahead may cost at most, in micro-dollars."""
    spoken: dict[str, str] = {
        "deepgram-aura2": settings.deepgram_voice,
        "openai-speech": settings.openai_tts_model,
        "elevenlabs": settings.elevenlabs_model,
        "cartesia": settings.cartesia_model,
    }
    brain, voice, answer = settings.llm_order[0], settings.tts_order[0], settings.openai_max_tokens
    text = Purchase("", "llm", brain, settings.openai_model, input_tokens=DRAFT_INPUT_TOKENS, output_tokens=answer)
    sound = Purchase("", "tts", voice, spoken.get(voice, ""), chars=DRAFT_CHARS)
    return sum(prices.price(each, day) for each in (text, sound) if each.engine in VENDOR_OF)
