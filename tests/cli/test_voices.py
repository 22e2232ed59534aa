"""`voices build|report|prune|import`, with a scripted voice: no model is needed."""

import json
from collections.abc import AsyncGenerator
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rich.console import Console
from typer.testing import CliRunner, Result

from enterprise_stream.cli import voices
from enterprise_stream.cli.exits import Exit
from enterprise_stream.cli.main import app
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.speaking.library import ClipKey, LibraryVoice
from enterprise_stream.speaking.library.recordings import MANIFEST
from enterprise_stream.speaking.library.tally import Spoken
from enterprise_stream.speaking.ports import Speech, Word
from enterprise_stream.testing import ScriptedVoice
from enterprise_stream.testing.emulators.all import emulated_beside
from enterprise_stream.thinking.ahead import Phrase
from enterprise_stream.thinking.ports import ResponseType
from enterprise_stream.voices import clip_store, tally

FACT = """business:
  name: Casa Uno
  persona: Sandra
  voice: sandra
  languages: [es]
  disclosure: {es: Soy una inteligencia artificial.}
facts:
  - id: breakfast
    type: general
    ask: {es: ["¿Hay desayuno?"]}
    answer: {es: "El desayuno es de ocho a once."}
"""


@pytest.fixture(autouse=True)
def own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedVoice:
    """A business of one fact, an empty library, a voice that only pretends."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.yaml").write_text(FACT, encoding="utf-8")
    monkeypatch.setenv("KNOWLEDGE_FILE", str(tmp_path / "one.yaml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    voice = ScriptedVoice(delay_ms=0, ms_per_char=5)
    monkeypatch.setattr(voices, "build_voice", lambda *_: voice)
    return voice


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["voices", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def facts(*arguments: str) -> dict[str, object]:
    result = run(*arguments, "--json")
    assert result.exit_code == Exit.OK, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_building_makes_all_that_is_known_and_then_nothing_more(own_place: ScriptedVoice) -> None:
    first = facts("build")
    said = {text for _, text, _ in own_place.clauses}
    assert {"El desayuno es de ocho a once.", "Soy una inteligencia artificial.", "Con mucho gusto."} <= said
    assert (first["made"], first["there"]) == (first["total"], 0)
    assert first["bytes"]
    again = facts("build")
    assert (again["made"], again["there"]) == (0, first["total"])
    told = run("build")
    assert f"{first['total']} there already" in told.stdout
    assert told.exit_code == Exit.OK


def test_a_build_that_was_interrupted_goes_on_where_it_was(
    own_place: ScriptedVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = LibraryVoice.build

    async def interrupted(self: LibraryVoice, owner: str, text: str, language: str, kind: ResponseType) -> object:
        if len(own_place.clauses) == 5:
            raise KeyboardInterrupt
        return await build(self, owner, text, language, kind)

    monkeypatch.setattr(LibraryVoice, "build", interrupted)
    stopped = run("build")
    assert stopped.exit_code == Exit.INTERRUPTED
    assert "Run it again" in stopped.output
    monkeypatch.setattr(LibraryVoice, "build", build)
    rest = facts("build")
    assert rest["there"] == 5


def test_a_terminal_sees_a_bar_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = StringIO()
    monkeypatch.setattr(voices, "stderr", Console(file=shown, force_terminal=True, width=100))
    done = voices.Done(10)
    with voices._progress(done, quiet=False) as show:
        done.made, done.there, done.seconds = 2, 1, 7.0
        show()
    assert "3/10" in shown.getvalue()
    assert "clips, 7 s of speech" in shown.getvalue()


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(voices, "stderr", Console(file=StringIO()))
    done = voices.Done(10, made=4, seconds=9.0)
    with voices._progress(done, quiet=False) as show:
        show()
        assert capsys.readouterr().err == ""
        now += voices.LINE_EVERY_S
        show()
        show()
    assert capsys.readouterr().err == "4 of 10 clips (0 there already), 9 s of speech, 0.8 a second, 8 s left\n"


def test_phrases_of_ones_own_and_those_that_the_report_suggests(own_place: ScriptedVoice, tmp_path: Path) -> None:
    counts = tally(load_settings())
    counts.count(ClipKey("es", "Muchas veces dicho."), "fresh", Spoken(3, 60, 900.0, 300.0, 200.0), private=False)
    counts.flush()
    (tmp_path / "more.txt").write_text("Buenas noches.\nes: Feliz año.\n\nen: Good night.\n", encoding="utf-8")
    facts("build", "--phrases", "more.txt", "--suggested", "5")
    said = {text for _, text, _ in own_place.clauses}
    assert {"Buenas noches.", "Feliz año.", "Muchas veces dicho."} <= said
    assert "Good night." not in said  # this business speaks no English
    assert run("build", "--phrases", "none.txt").exit_code == Exit.BAD_INPUT


def test_what_cannot_be_built_is_told() -> None:
    assert run("build", "--language", "fr").exit_code == Exit.BAD_CONFIG
    assert "Choose from es" in run("build", "--language", "fr").output


def test_with_the_library_off_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_LIBRARY", "off")
    assert run("build").exit_code == Exit.BAD_CONFIG


class Hiss:
    """A voice whose clips are large."""

    voice = "sandra"

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        samples = np.random.default_rng(1).integers(-9_000, 9_000, 100_000).astype(np.int16)
        yield Speech(samples, tuple(Word(word, 0.0, 1.0) for word in text.split()))


def test_a_library_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_LIBRARY_MB", "1")
    monkeypatch.setattr(voices, "build_voice", lambda *_: Hiss())
    result = run("build")
    assert result.exit_code == Exit.FAILED
    assert "VOICE_LIBRARY_MB" in result.output


def test_the_report(own_place: ScriptedVoice) -> None:
    assert "No clips yet" in run("report").stdout
    facts("build")
    report = facts("report")
    assert report["orphans"] == 0
    told = run("report", "--price-per-million", "15").stdout
    assert "built" in told
    assert "welcome" in told


def test_pruning() -> None:
    assert run("prune").exit_code == Exit.BAD_CONFIG
    total = facts("build")["total"]
    assert facts("prune", "--to-mb", "0")["clips"] == 0  # what was built stays
    settings = load_settings()
    store = clip_store(settings)
    old = store.root / store.rendering.folder
    old.rename(store.root / "another-voice-0")
    assert facts("prune", "--orphaned", "--dry-run") == {"clips": total, "bytes": _size(store.root), "removed": False}
    assert "removed" in run("prune", "--orphaned").stdout
    assert list(store.entries()) == []


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.flac"))


def test_importing_recordings(tmp_path: Path) -> None:
    assert run("import").exit_code == Exit.BAD_CONFIG
    folder = tmp_path / "mine"
    folder.mkdir()
    assert run("import", str(folder)).exit_code == Exit.BAD_INPUT
    soundfile.write(folder / "a.wav", 0.1 * np.sin(np.arange(24_000) / 17), 24_000)
    entry = "- {file: a.wav, text: Hola., language: es, category: welcome}\n"
    (folder / MANIFEST).write_text(entry, encoding="utf-8")
    assert run("import", str(folder)).exit_code == Exit.OK
    assert facts("report")["shelves"][0]["tier"] == "own"  # type: ignore[index]
    (folder / MANIFEST).write_text(entry + "- {file: b.wav, text: Sí., language: es}\n", encoding="utf-8")
    result = run("import", str(folder))
    assert result.exit_code == Exit.BAD_INPUT
    assert "entry 2" in result.output


def test_a_vendors_voice_builds_its_own_clips_and_they_are_paid_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    few = [Phrase(text, "es") for text in ("Hola.", "Hasta pronto.")]
    monkeypatch.setattr(voices, "_wanted", lambda *_: few)
    with emulated_beside(vendors=("deepgram",)) as served:
        for name, value in served.settings.items():
            monkeypatch.setenv(name, value)
        assert run("build", "--language", "es").exit_code == Exit.OK
        bill = served.by_vendor["deepgram"].bill.total().chars
    clips = clip_store(load_settings()).entries()
    assert {entry.rendering[:15] for entry in clips} == {"aura-2-diana-es"}
    costs = json.loads(CliRunner().invoke(app, ["costs", "--json"]).stdout)
    assert bill == sum(row["chars"] for row in costs["spent"]) > 0
