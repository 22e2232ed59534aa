"""The server on vendors' emulators at realistic latencies, in the process and on the virtual time of its guests."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.protocol.conftest import Server
from tests.protocol.facts import UTTERANCES
from tests.protocol.sounds import spoken
from tests.server.house import serving

from enterprise_stream.app import app_with, load
from enterprise_stream.config import load_settings
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.emulators.all import Emulated, Parts, emulated
from enterprise_stream.testing.emulators.openai import ReadingMind
from enterprise_stream.testing.emulators.voices import ToneVoice

from .ear import KnowingEar, known
from .stranger import Have, Stranger

ORDERS = {kind: os.environ[f"ES_{kind.upper()}"] for kind in ("stt", "tts") if f"ES_{kind.upper()}" in os.environ}
"""Engines other than all that the vendors have, best first: `ES_STT` and `ES_TTS`, as `STT` and `TTS` name them."""


@asynccontextmanager
async def cloud_server(folder: Path) -> AsyncIterator[Server]:
    """The product with a cloud's default settings, and its files in `folder`; at the end no engine may have failed.

    Activity, end of turn and retrieval are this machine's own, as they are with keys. The vendors know what guests say
    by its sound, answer from the prompt and hum.
    """
    heard = [known(spoken(name), text, language) for name, (language, text) in UTTERANCES.items()]
    async with emulated(Parts(KnowingEar(heard), ReadingMind(), ToneVoice())) as vendors:
        async with _product(folder, vendors.given | ORDERS) as (server, engines):
            yield server
        _check(vendors, engines)


@asynccontextmanager
async def strange_server(folder: Path, have: Sequence[Have]) -> AsyncIterator[Server]:
    """The same on vendors that somebody else has emulated, who `have` some of it, none of which may have failed."""
    heard = [known(spoken(name), text, language) for name, (language, text) in UTTERANCES.items()]
    async with serving(Stranger(KnowingEar(heard), have).app) as vendors:
        address = f"http://127.0.0.1:{vendors}"
        given: dict[str, Any] = {f"{name}_api_key": "any" for name in ("deepgram", "openai")}
        given |= {"deepgram_base_url": address, "openai_base_url": f"{address}/v1"}
        given |= {"stt": "deepgram-flux,deepgram-nova3", "llm": "openai", "tts": "deepgram-aura2"}
        async with _product(folder, given) as (server, engines):
            yield server
        expected = {"deepgram-aura2", "openai", "deepgram-nova3" if "nova" in have else "deepgram-flux"}
        closed = {name for kind in engines.values() for name, state in kind.items() if state == "closed"}
        assert expected <= closed, engines


@asynccontextmanager
async def _product(folder: Path, given: Mapping[str, Any]) -> AsyncIterator[tuple[Server, dict[str, dict[str, str]]]]:
    """The product by these settings, and how its engines stand when it is left."""
    engines: dict[str, dict[str, str]] = {}
    keeps = {"xdg_data_home": folder / "data", "voice_library_folder": folder / "voices"}
    settings = load_settings(None, {**given, **keeps})
    app = app_with(settings, load(settings), LoopClock())
    async with serving(app) as port:
        server = Server(f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}/ws/stream")
        yield server, engines
        async with httpx.AsyncClient(base_url=server.http, trust_env=False) as http:
            engines |= (await http.get("/readyz")).json()["engines"]


def _check(vendors: Emulated, engines: dict[str, dict[str, str]]) -> None:
    """The vendors did the work, none of them failed, and no key is where it does not belong."""
    assert {state for kind in engines.values() for state in kind.values()} == {"closed"}, engines
    bought = {purchase.kind for vendor in vendors.by_vendor.values() for purchase in vendor.bill.purchases}
    assert bought == {"stt", "llm", "tts"}
    assert not [leak for vendor in vendors.by_vendor.values() for leak in vendor.requests.leaks]
