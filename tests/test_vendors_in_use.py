"""Who is said to answer."""

import pytest

from enterprise_stream.composition.ladders import vendors_in_use
from enterprise_stream.config import load_settings


@pytest.mark.parametrize(
    ("given", "mode"),
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
def test_the_mode_names_a_vendor_where_its_own_servers_answer(given: dict[str, str], mode: str) -> None:
    """A guest is told by it who is given what he says."""
    assert vendors_in_use(load_settings(None, given | {"TTS": "kokoro"})) == mode
