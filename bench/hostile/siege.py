"""Guests who talk while attackers attack, in turns with quiet, and the account of it."""

import asyncio
import secrets
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from typing import Final

import httpx
from bench.chaos.process import ServerProcess
from bench.hostile.attackers import Attack, Told, attack
from bench.hostile.bystander import Bystander

MOST_SLOWER: Final = 2.0
"""How much longer others may wait for their first sound while somebody attacks, at most."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the server has been given, and must never show."""

    session_secret: str = field(default_factory=partial(secrets.token_hex, 32))
    guests_key: str = field(default_factory=lambda: "esk_" + secrets.token_hex(24))
    attackers_key: str = field(default_factory=lambda: "esk_" + secrets.token_hex(24))
    admin_key: str = field(default_factory=lambda: "esa_" + secrets.token_hex(24))
    vendor_key: str = field(default_factory=lambda: "sk-" + secrets.token_hex(24))

    def settings(self) -> dict[str, str]:
        """For the server; vendors' keys are set, and no vendor is asked."""
        return {
            "SESSION_SECRET": self.session_secret,
            "API_KEYS": f"guests:{self.guests_key},attackers:{self.attackers_key}",
            "ADMIN_KEY": self.admin_key,
            "OPENAI_API_KEY": self.vendor_key,
            "ENVIRONMENT": "production",
            "STT": "whisper",
            "LLM": "facts",
            "TTS": "kokoro",
        }

    def all(self) -> tuple[str, ...]:
        """Each of them."""
        return self.session_secret, self.guests_key, self.attackers_key, self.admin_key, self.vendor_key


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen.

    Attributes:
        inputs: hostile ones.
        a_second: at most.
        guests: who talk meanwhile.
        rounds: of attack, with quiet before, between and after.
        quiet_s: how long each quiet lasts.
    """

    inputs: int
    a_second: float = 150.0
    guests: int = 6
    rounds: int = 3
    quiet_s: float = 15.0
    seed: int = 1


@dataclass(slots=True)
class Account:
    """What has happened.

    Attributes:
        told: what attackers sent and were told.
        crashed: why the server is not taken to have lived.
        leaked: what somebody was told of others.
        shown: secrets in an answer or in what the server has printed.
        quiet_ms: the guests' waits for the first sound while nobody attacked.
        attacked_ms: the same during an attack.
        memory_mb: of the server, before and after.
        waiting: sessions that wait for their guests at the end.
    """

    told: Told = field(default_factory=Told)
    crashed: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    quiet_ms: list[float] = field(default_factory=list)
    attacked_ms: list[float] = field(default_factory=list)
    memory_mb: tuple[float, float] = (0.0, 0.0)
    waiting: int = 0

    @property
    def slower(self) -> tuple[float, float]:
        """How much longer guests waited under attack, at the median and the 95th percentile."""
        quiet, attacked = percentiles(self.quiet_ms), percentiles(self.attacked_ms)
        return attacked[0] / quiet[0], attacked[1] / quiet[1]

    @property
    def harmless(self) -> bool:
        """Whether nothing has crashed, leaked or shown."""
        return not (self.crashed or self.leaked or self.shown)


def percentiles(values: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    marks = statistics.quantiles(values, n=100, method="inclusive")
    return marks[49], marks[94]


async def siege(server: ServerProcess, known: Secrets, plan: Plan, tell: Callable[[str], None]) -> Account:
    """Besiege a server that runs; it has ended after.

    Args:
        server: started with `known.settings()`.
        known: its secrets.
        plan: what is to happen.
        tell: is told how far it is.
    """
    account, over = Account(), asyncio.Event()
    pid = server.pid
    guests = [await _guest(server, known) for _ in range(plan.guests)]
    hidden = known.all() + tuple(each for guest in guests for each in (guest.word, guest.resume_token, guest.token))
    attacks: list[tuple[float, float]] = []
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        async with asyncio.TaskGroup() as group:
            for guest in guests:
                own = (guest.word, guest.resume_token, guest.token)
                group.create_task(guest.talk([each for each in hidden if each not in own], over))
            sessions = tuple(guest.session for guest in guests)
            nothing = Attack(server.port, known.attackers_key, 0, plan.a_second, hidden, sessions)
            await asyncio.get_running_loop().run_in_executor(pool, attack, nothing)  # the process has begun
            await asyncio.sleep(plan.quiet_s)
            before = server.memory_mb()
            for number in range(plan.rounds):
                share = plan.inputs // plan.rounds + (number < plan.inputs % plan.rounds)
                wave = replace(nothing, inputs=share, seed=plan.seed * 100 + number)
                began = time.monotonic()
                told = await asyncio.get_running_loop().run_in_executor(pool, attack, wave)
                attacks.append((began, time.monotonic()))
                _add(account.told, told)
                tell(f"{account.told.sent.total():>6} of {plan.inputs}: {len(account.told.leaked)} leaks")
                await asyncio.sleep(plan.quiet_s)
            account.memory_mb, account.waiting = (before, server.memory_mb()), await server.waiting()
            over.set()
    for asked, waited in (each for guest in guests for each in guest.waits):
        under = any(began <= asked <= ended for began, ended in attacks)
        (account.attacked_ms if under else account.quiet_ms).append(waited * 1000)
    account.leaked = account.told.leaked + [each for guest in guests for each in guest.leaked]
    await _look_after(server, pid, account)
    _search(server, account, hidden + tuple(account.told.tokens))
    return account


async def _guest(server: ServerProcess, known: Secrets) -> Bystander:
    async with httpx.AsyncClient(trust_env=False) as http:
        shown = {"authorization": f"Bearer {known.guests_key}"}
        token = (await http.post(f"{server.url}/api/sessions", headers=shown)).json()["token"]
    guest = Bystander(f"ws://127.0.0.1:{server.port}/ws/stream", token, f"canario{secrets.token_hex(6)}")
    await guest.connect()
    return guest


def _add(told: Told, more: Told) -> None:
    told.sent += more.sent
    told.answered += more.answered
    told.leaked += more.leaked
    told.tokens += more.tokens


async def _look_after(server: ServerProcess, pid: int, account: Account) -> None:
    """Whether the same process still serves, and ends as it should."""
    if server.pid != pid:
        account.crashed.append("another process serves")
    async with httpx.AsyncClient(trust_env=False) as http:
        status = (await http.get(f"{server.url}/livez")).status_code
    if status != 200:
        account.crashed.append(f"/livez says {status}")
    code = await server.end()
    if code != 0:
        account.crashed.append(f"it ended with {code}")


def _search(server: ServerProcess, account: Account, hidden: tuple[str, ...]) -> None:
    """What the server has printed: no trace of a fault, no secret, no guest's word."""
    printed = server.log.read_text(encoding="utf-8", errors="replace")
    account.shown += [f"{each[:12]}… in the log" for each in hidden if each in printed]
    faults = [line for line in printed.splitlines() if "Traceback" in line or '"level": "error"' in line]
    account.crashed += [f"logged: {line[:200]} … {line[-200:]}" for line in faults]
