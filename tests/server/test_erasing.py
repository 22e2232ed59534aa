"""What a guest may ask of those who keep the conversation: the consent is passed on, the data is erased."""

import asyncio
from dataclasses import dataclass, field

import pytest

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import LostError
from enterprise_stream.server.keeping import ERASE_WITHIN_S, KeepsNothing
from enterprise_stream.testing import LoopClock, ScriptedBrain, scripted_engines
from enterprise_stream.wire.parts import Consent

from .house import client, house


@dataclass
class Keeper(KeepsNothing):
    """Notes what it is asked."""

    consents: list[tuple[str, Consent]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    fault: Exception | None = None
    takes_s: float = 0.0

    def consented(self, session: str, consent: Consent) -> None:
        self.consents.append((session, consent))

    async def erase(self, session: str) -> None:
        await asyncio.sleep(self.takes_s)
        if self.fault is not None:
            raise self.fault
        self.erased.append(session)


@pytest.mark.requirement("S25")
async def test_consent_is_passed_on_with_the_session_it_is_for() -> None:
    keeper = Keeper()
    async with house(keeper=keeper) as place, client(place) as guest:
        await guest.ask("start", "started", consent={"version": "2026-11", "given": True})
        await guest.ask("start", "started", language="en")
        assert keeper.consents == [(guest.messages[0]["session_id"], Consent(version="2026-11", given=True))]


async def test_erased_data_is_in_no_history_and_no_log_and_the_talk_goes_on() -> None:
    keeper, log = Keeper(), MemoryLog(LoopClock(), 60)
    engines = scripted_engines(brain=ScriptedBrain("Cien euros."))
    async with house(engines, keeper=keeper, session_log=log) as place, client(place) as guest:
        session = guest.messages[0]["session_id"]
        await guest.send("text", text="Me llamo Ana.")
        await guest.wait("response_complete")
        erased = await guest.ask("erase_data", "data_erased")
        assert keeper.erased == [session]
        assert not guest.seen("history_cleared")
        with pytest.raises(LostError):
            await log.read(session, erased["seq"] - 2)
        assert "Ana" not in "".join(entry.text for entry in await log.read(session, erased["seq"] - 1))
        assert (await guest.ask("get_history", "history"))["items"] == []
        await guest.send("text", text="¿Y ahora?")
        await guest.wait("response_complete", 2)


@pytest.mark.parametrize(
    "keeper", [Keeper(fault=EnterpriseStreamError("the disk is full")), Keeper(takes_s=ERASE_WITHIN_S * 2)]
)
async def test_what_could_not_be_erased_is_told(keeper: Keeper) -> None:
    async with house(keeper=keeper) as place, client(place) as guest:
        error = await guest.ask("erase_data", "error")
        assert (error["code"], error["retryable"]) == ("erase_failed", True)
        assert "disk" not in error["message"]
        assert (await guest.ask("test", "test"))["ok"] is True
