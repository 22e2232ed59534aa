"""The voice library as the console tells of it: what is on its shelves, what it saved, what to add."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.console.conftest import Console

from enterprise_stream.server.api.console.desk import LIBRARY_SEEN_MS, LibraryLook
from enterprise_stream.speaking.library import ClipStore, Rendering, Tally
from enterprise_stream.speaking.library.flac import decode
from enterprise_stream.speaking.library.report import make_report
from enterprise_stream.store import Store, database_url
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.calls import stock
from enterprise_stream.testing.calls.lines import ENGLISH_GAPS, SPANISH_GAPS
from enterprise_stream.testing.calls.serving import console_app
from enterprise_stream.testing.clock import TODAY

LIMIT = 50_000_000


@pytest.fixture
def clips(tmp_path: Path) -> ClipStore:
    return ClipStore(tmp_path / "voices", Rendering("sandra", "test-1"), LIMIT)


@pytest.fixture
async def console(tmp_path: Path, clips: ClipStore) -> AsyncIterator[Console]:
    clock = FakeClock()
    tally = Tally(clips.root / "tally.sqlite3", lambda: TODAY)
    look = LibraryLook(lambda: make_report(clips, tally), clock)
    async with Store.open(database_url(None, tmp_path)) as store:
        transport = httpx.ASGITransport(app=console_app(store, clock, library=look))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Console(http, store, clock)


async def test_shelves_shares_and_savings_are_told(console: Console, clips: ClipStore) -> None:
    stock(clips, Tally(clips.root / "tally.sqlite3", lambda: TODAY))
    told = await console.get("library")
    entries = list(clips.entries())
    assert (told["enabled"], told["since"], told["limit_bytes"]) == (True, TODAY, LIMIT)
    assert (told["clips"], told["bytes"]) == (len(entries), sum(entry.size for entry in entries))
    shelved: Counter[str] = Counter()
    for shelf in told["shelves"]:
        shelved[shelf["tier"]] += shelf["clips"]
        assert shelf["seconds"] > shelf["clips"]
    assert shelved == Counter(entry.tier for entry in entries)
    assert {use["language"] for use in told["uses"]} == {"es", "en"}
    chars, of_library = (sum(use[name] for use in told["uses"]) for name in ("chars", "library_chars"))
    assert told["share"] == pytest.approx(of_library / chars, abs=1e-4)
    for use in told["uses"]:
        assert 0 < use["share"] < 1
        assert use["work_saved_s"] > 0
        assert use["wait_saved_ms"] == pytest.approx(236)


async def test_what_is_often_said_and_has_no_clip_is_suggested(console: Console, clips: ClipStore) -> None:
    stock(clips, Tally(clips.root / "tally.sqlite3", lambda: TODAY))
    suggestions = (await console.get("library"))["suggestions"]
    unbuilt = {phrase["text"] for phrase in suggestions}
    built = {decode(entry.path.read_bytes()).text for entry in clips.entries() if entry.tier != "live"}
    assert built.isdisjoint(unbuilt)
    assert {phrase["language"] for phrase in suggestions} == {"es", "en"}
    assert all(phrase["said"] > 1 for phrase in suggestions)
    assert {SPANISH_GAPS[0].answer, ENGLISH_GAPS[0].answer} & unbuilt


async def test_an_empty_library_is_on_and_has_nothing(console: Console) -> None:
    told = await console.get("library")
    assert told["enabled"]
    assert (told["clips"], told["share"], told["since"], told["uses"], told["shelves"]) == (0, 0.0, "", [], [])


async def test_clips_are_looked_at_once_a_minute(console: Console, clips: ClipStore) -> None:
    assert (await console.get("library"))["clips"] == 0
    stock(clips, Tally(clips.root / "tally.sqlite3", lambda: TODAY))
    assert (await console.get("library"))["clips"] == 0
    console.clock.advance(LIBRARY_SEEN_MS + 1)
    assert (await console.get("library"))["clips"] > 0


async def test_counts_that_cannot_be_read_say_what_to_do(console: Console, clips: ClipStore) -> None:
    clips.root.mkdir()
    clips.root.joinpath("tally.sqlite3").write_bytes(b"not a database at all, and long enough to be looked at" * 30)
    answer = await console.http.get("/api/console/library")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_failed")
    assert "delete them" in answer.json()["message"]
