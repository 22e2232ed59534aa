"""All emulators together: the settings that they tell are those that a server takes."""

import asyncio

import httpx
import pytest

from enterprise_stream.cli.emulators import told
from enterprise_stream.composition.vendors_in_use import mode
from enterprise_stream.config import load_settings
from enterprise_stream.testing.emulators.all import VENDORS, Emulated, emulated, emulated_beside
from enterprise_stream.testing.emulators.long_texts import CLAUSE_CHARS, clauses


def models(served: Emulated) -> int:
    """Status of a request for the models."""
    settings = served.settings
    headers = {"Authorization": f"Bearer {settings['OPENAI_API_KEY']}"}
    return httpx.get(f"{settings['OPENAI_BASE_URL']}/models", headers=headers, trust_env=False).status_code


async def test_a_server_takes_what_they_tell() -> None:
    async with emulated() as served:
        settings = load_settings(None, served.given)
        assert settings.stt_order == ("deepgram-flux", "deepgram-nova3")
        assert settings.llm_order == ("openai",)
        assert settings.tts_order == ("deepgram-aura2", "openai-speech", "elevenlabs", "cartesia")
        assert settings.missing_for_engines() == []
        assert mode(settings) == "local-deepgram+local-openai"
        assert await asyncio.to_thread(models, served) == 200


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_can_be_served_alone(vendor: str) -> None:
    async with emulated(vendors=[vendor]) as served:
        assert list(served.by_vendor) == [vendor]
        assert load_settings(None, served.given).missing_for_engines() == []


def test_they_serve_beside_a_server_that_has_its_own_loop() -> None:
    with emulated_beside(vendors=["openai"]) as served:
        assert models(served) == 200
    with pytest.raises(httpx.ConnectError):
        models(served)


def test_a_failure_to_start_is_told_to_who_starts_them() -> None:
    with emulated_beside(vendors=["openai"]) as served:
        taken = int(served.settings["OPENAI_BASE_URL"].split(":")[2].split("/")[0])
        with pytest.raises(OSError, match="in use"), emulated_beside(vendors=["openai"], port=taken - 1):
            pass


async def test_what_is_printed_says_that_they_are_emulators() -> None:
    async with emulated(vendors=["openai"]) as served:
        for_shell, for_file = (told(served, hum=True, as_env=as_env) for as_env in (False, True))
        assert for_shell.startswith("# EMULATORS")
        assert f"export OPENAI_BASE_URL={served.settings['OPENAI_BASE_URL']}" in for_shell
        assert "export" not in for_file
        assert f"\nOPENAI_BASE_URL={served.settings['OPENAI_BASE_URL']}" in for_file


def test_long_texts_are_cut_where_they_may_be() -> None:
    assert clauses("") == []
    assert clauses("Hola. Adiós.") == ["Hola. Adiós."]
    long = clauses("palabra " * 200 + "x" * 1_000)
    assert all(0 < len(part) <= CLAUSE_CHARS for part in long)
    assert "".join(long).replace(" ", "") == "palabra" * 200 + "x" * 1_000
