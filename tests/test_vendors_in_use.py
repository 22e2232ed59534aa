"""Who is said to answer, and to be given what a guest says."""

import pytest

from enterprise_stream.composition.vendors_in_use import mode, processors
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.server.processors import Processors
from enterprise_stream.vendor_settings import VENDOR_DOMAINS, VENDOR_OF


def _settings(given: dict[str, str]) -> Settings:
    return load_settings(None, {"TTS": "kokoro"} | given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "embedded"),
        ({"OPENAI_API_KEY": "k"}, "openai"),
        ({"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "https://eu.api.openai.com/v1"}, "openai"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}, "local-openai"),
        ({"OPENAI_BASE_URL": "https://models.example/v1"}, "other-openai"),
        ({"OPENAI_BASE_URL": "https://notopenai.com/v1"}, "other-openai"),
        ({"DEEPGRAM_API_KEY": "k", "DEEPGRAM_BASE_URL": "https://api.eu.deepgram.com"}, "deepgram"),
        ({"DEEPGRAM_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}, "deepgram+local-openai"),
    ],
)
def test_the_mode_names_a_vendor_where_its_own_servers_answer(given: dict[str, str], told: str) -> None:
    assert mode(_settings(given)) == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, Processors()),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}, Processors()),
        ({"OPENAI_BASE_URL": "https://models.example/v1"}, Processors(others=True)),
        ({"DEEPGRAM_API_KEY": "k", "STT": "deepgram-flux,deepgram-nova3,whisper"}, Processors(("deepgram",))),
        ({"DEEPGRAM_API_KEY": "k", "STT": "whisper,deepgram-nova3"}, Processors(("deepgram",))),
        (
            {"OPENAI_API_KEY": "k", "ELEVENLABS_API_KEY": "k", "ELEVENLABS_VOICE": "v", "TTS": "kokoro,elevenlabs"},
            Processors(("openai", "elevenlabs")),
        ),
        (
            {"DEEPGRAM_API_KEY": "k", "OPENAI_BASE_URL": "https://models.example/v1"},
            Processors(("deepgram",), others=True),
        ),
    ],
)
def test_a_vendor_that_only_serves_where_another_fails_is_a_processor_too(
    given: dict[str, str], told: Processors
) -> None:
    assert processors(_settings(given)) == told


def test_it_is_known_of_every_vendor_which_servers_are_its_own() -> None:
    assert {key.removesuffix("_api_key") for key in VENDOR_OF.values()} == VENDOR_DOMAINS.keys()
