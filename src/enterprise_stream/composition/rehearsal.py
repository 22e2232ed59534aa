"""Builds what trials are served with: other facts, another name, another voice, and nothing of the guests'."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, get_args

from enterprise_stream.composition.house import House, build_persona, spoken_languages
from enterprise_stream.composition.ladders import build_ladders
from enterprise_stream.composition.local import Local
from enterprise_stream.composition.vendors import Vendors
from enterprise_stream.config import Settings
from enterprise_stream.cost.governor import Amounts, Level
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.keeping import KeepsNothing
from enterprise_stream.server.service import Service, nobody, nothing_paid
from enterprise_stream.server.trials import Fault, Present, Wish, WishError
from enterprise_stream.store import Store
from enterprise_stream.store.address import database_url
from enterprise_stream.thinking.knowledge import KnowledgeSource, check_knowledge
from enterprise_stream.thinking.knowledge.rewritten import rewritten
from enterprise_stream.thinking.ports import Question
from enterprise_stream.tools.box import ToolBox
from enterprise_stream.tools.running import Business, tools_running
from enterprise_stream.tools.tools_file import ToolsFile
from enterprise_stream.vendor_settings import VENDOR_OF, TtsName

_VOICE_SETTING: Final[Mapping[str, str]] = {
    "deepgram-aura2": "deepgram_voice",
    "openai-speech": "openai_voice",
    "elevenlabs": "elevenlabs_voice",
    "cartesia": "cartesia_voice",
}
"""The setting that says which of a vendor's voices she has."""

_FILE: Final = "knowledge.yaml"


def _told_to_nobody(*_: object) -> None:
    """How engines do in a trial is no statistic."""


@dataclass(frozen=True, slots=True)
class GuestsMoney:
    """An `Allowance` of a trial, of which no tenant is asked: where guests may spend nothing more, it may not either.

    What it spends is told to their meter, and counted there.
    """

    guests: Meter

    def left(self, tenant: str) -> int | None:
        """Nothing, where guests may spend nothing more."""
        del tenant
        return 0 if self.guests.level("") is Level.SPENT else None

    def over(self, tenant: str) -> bool:
        """The same."""
        return self.left(tenant) == 0

    def spend(self, tenant: str, amount: int) -> None:
        """Counted when it is told."""

    def enter(self, tenant: str) -> None:
        """It is no call of a guest."""

    def leave(self, tenant: str) -> None:
        """The same."""

    def cap(self, caps: Amounts) -> None:
        """The guests' hold."""

    async def fund(self, tenant: str) -> None:
        """See `Allowance.fund`."""
        del tenant
        await self.guests.fund("")


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """A `Rehearsal` beside a running house.

    Attributes:
        service: what guests have.
    """

    settings: Settings
    house: House
    service: Service

    def present(self) -> Present:
        """What there is to change; blocks while it reads the knowledge file."""
        knowledge = self.house.local.source.load()
        return Present(
            name=self.house.persona.name,
            greeting=dict(knowledge.small_talk.get("greeting") or self.house.local.greeting),
            voices=tuple(self._voices()),
            languages=self.house.languages,
            knowledge=self.settings.knowledge_file.read_text(encoding="utf-8-sig"),
        )

    @asynccontextmanager
    async def built(self, wish: Wish) -> AsyncIterator[Service]:
        """The service of a wish, while it is entered; see `Rehearsal`."""
        settings = self._settings(wish)
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="trial-")))
            source = await asyncio.to_thread(self._source, wish, folder / _FILE)
            house = await self._house(settings, source, folder, stack)
            await house.local.brain.known(
                Question("trial", "Hola", house.languages[0])
            )  # its first guest waits for no index
            yield replace(
                self.service,
                cast=house.cast,
                recast=nobody,
                persona=house.persona,
                languages=house.languages,
                language=self.service.language if self.service.language in house.languages else house.languages[0],
                metrics=Metrics(),
                keeper=KeepsNothing(),
                session_log=None,
                meter=house.meter,
                paid_for=nothing_paid,
                ladders=house.ladders.state,
            )

    async def _house(self, settings: Settings, source: KnowledgeSource, folder: Path, stack: AsyncExitStack) -> House:
        """A house with its own facts, voices and database; money is spent from the guests' purse."""
        theirs = self.house
        brain, facts = theirs.local.over(source)
        local: Local = replace(theirs.local, source=source, knowledge=source.load(), brain=brain, facts=facts)
        prices, told = load_prices(settings.prices_file), [lambda c: theirs.meter(c.purchase)]
        meter = Meter(prices, theirs.clock, settings.caps, told, allowance=GuestsMoney(theirs.meter))
        meter.learn(theirs.clock.today(), {"": theirs.meter.spent("").day})
        ladders = build_ladders(settings, local, Vendors(settings, meter, theirs.clock), meter, (), _told_to_nobody)
        for engine in ladders.enters:
            await stack.enter_async_context(engine)
        store = await stack.enter_async_context(Store.open(database_url(None, folder)))
        tools = ToolBox()
        business = Business(store, source.load, facts, theirs.clock)
        await stack.enter_async_context(tools_running(tools, business, ToolsFile(), None))
        return replace(
            theirs,
            local=local,
            persona=build_persona(settings, local.knowledge),
            languages=spoken_languages(settings, local.knowledge),
            ahead=(),
            ladders=ladders,
            tools=tools,
            meter=meter,
            store=store,
        )

    def _source(self, wish: Wish, file: Path) -> KnowledgeSource:
        """The wish's facts as a file; blocking.

        Raises:
            WishError: they cannot be used.
        """
        text = self.present().knowledge if wish.knowledge is None else wish.knowledge
        file.write_text(text, encoding="utf-8")
        _check(file, "knowledge", "Correct this line and try it again; docs/how-to/knowledge.md explains the file.")
        greeting = {**self.present().greeting, **wish.greeting} if wish.greeting else {}
        file.write_text(rewritten(text, wish.name, greeting), encoding="utf-8")
        _check(file, "persona", "Change the name or the greeting and try it again.")
        return KnowledgeSource(file)

    def _settings(self, wish: Wish) -> Settings:
        """The settings of a wish: its voice alone, and no library, which is filled with what guests hear.

        Raises:
            WishError: there is no such voice.
        """
        changed: dict[str, object] = {"voice_library": "off"}
        if wish.name is not None:
            changed["persona"] = wish.name
        if wish.voice is not None:
            changed |= self._voice(wish.voice)
        return self.settings.model_copy(update=changed)

    def _voice(self, wanted: str) -> dict[str, object]:
        engine, colon, voice = (part.strip() for part in wanted.partition(":"))
        known = [offered.partition(":")[0] for offered in self._voices()]
        setting = _VOICE_SETTING.get(engine)
        if engine not in known or (colon and not voice) or (voice and setting is None):
            there = ", ".join(self._voices())
            problem = f"There is no voice '{wanted}' here (there are: {there})."
            todo = "Choose one of these; a vendor's name for another of its voices may follow a colon."
            raise WishError((Fault("voice", 0, "unknown_voice", problem, todo, {"value": wanted, "allowed": there}),))
        return {"tts": (engine,), **({setting: voice} if voice and setting is not None else {})}

    def _voices(self) -> list[str]:
        """Every voice that could be built here, the one in use first."""
        names: list[TtsName] = [*self.settings.tts_order]
        names += [name for name in get_args(TtsName) if name not in names]
        return [told for name in names if (told := self._told(name)) is not None]

    def _told(self, name: TtsName) -> str | None:
        if name == "kokoro":
            return name if self.house.local.voice is not None else None
        voice = getattr(self.settings, _VOICE_SETTING[name])
        return f"{name}:{voice}" if voice and getattr(self.settings, VENDOR_OF[name]) is not None else None


def _check(file: Path, where: str, todo: str) -> None:
    """A line is told of what the owner wrote, not of what was put into it."""
    faults = tuple(
        Fault(where, each.line if where == "knowledge" else 0, each.code or "", each.message, todo, each.values)
        for each in check_knowledge(file)
        if each.fatal
    )
    if faults:
        raise WishError(faults)
