"""`say`, `transcribe` and `talk` with the embedded engines."""

import json
import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner

from enterprise_stream.cli.main import app
from enterprise_stream.testing.guest_voice import guest_says, write_wav

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("VOICE_LIBRARY_FOLDER", str(tmp_path / "voices"))


def run(*arguments: str) -> str:
    """One command that succeeds; its output."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_is_said_can_be_transcribed(tmp_path: Path) -> None:
    run("say", "El desayuno se sirve de ocho a once.", "-o", "breakfast.wav")
    with wave.open(str(tmp_path / "breakfast.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        assert 1.5 < file.getnframes() / 24_000 < 6
    assert "desayuno" in run("transcribe", "breakfast.wav").lower()


def test_a_conversation_with_recordings(tmp_path: Path) -> None:
    write_wav(tmp_path / "price.wav", guest_says("¿Cuánto cuesta la Villa Malvarrosa?"))
    write_wav(tmp_path / "august.wav", guest_says("¿Y en agosto?", voice="em_santa"))
    first, second = json.loads(run("talk", "price.wav", "august.wav", "-o", "answers", "--json"))
    assert "290 €" in first["answer"]
    assert "348 €" in second["answer"]
    for turn in (first, second):
        latency = turn["latency"]
        assert 0 <= latency["endpoint"] <= latency["transcript"] <= latency["first_text"] <= latency["first_audio"]
        timeline = turn["timeline"]
        assert sum(ms for ms in timeline["stages"].values()) == timeline["total_ms"]
        # Less than 20 ms on a quiet machine (test_ledger); on a busy one a frame may come late.
        assert abs(timeline["total_ms"] - turn["measured_ms"]) <= 20 + 0.02 * timeline["total_ms"]
        with wave.open(str(tmp_path / turn["wav"])) as file:
            assert file.getnframes() / file.getframerate() > 1


def test_the_timeline_is_drawn_for_people(tmp_path: Path) -> None:
    write_wav(tmp_path / "pets.wav", guest_says("Can I bring my dog to the apartment?", "en", "af_heart"))
    shown = run("talk", "pets.wav", "-l", "en")
    assert "15 €" in shown
    for stage in ("endpoint", "transcript", "first_text", "first_clause", "first_audio", "sent", "heard", "█", "why"):
        assert stage in shown
