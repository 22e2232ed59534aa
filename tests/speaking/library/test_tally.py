"""Counts of several processes, and the report made of them."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from enterprise_stream.speaking.library import ClipStore, Tally
from enterprise_stream.speaking.library.report import make_report
from enterprise_stream.speaking.library.tally import Spoken

from .clips import HOW, clip_for, key_of

HELLO, PRICE = key_of("Hola."), key_of("Son 120 €.")


def test_counts_of_several_processes_add_up(tmp_path: Path) -> None:
    tallies = [Tally(tmp_path / "tally", lambda: "2026-11-21") for _ in range(3)]
    for tally in tallies:
        tally.count(HELLO, "fresh", Spoken(1, 5, 800.0, 400.0, 300.0), private=False)
        tally.count(HELLO, "live", Spoken(1, 5, 800.0, 0.0, 1.0), private=False)
        tally.count(PRICE, "fresh", Spoken(1, 10, 900.0, 300.0, 300.0), private=True)
        assert tally.waiting
        tally.flush()
        assert not tally.waiting
    assert tallies[0].sums() == {("es", "fresh"): Spoken(6, 45, 5_100.0, 2_100.0, 1_800.0),
                                 ("es", "live"): Spoken(3, 15, 2_400.0, 0.0, 3.0)}  # fmt: skip
    assert [(p.text, p.said, p.fresh) for p in tallies[0].most_said()] == [("Hola.", 6, 3)]
    assert tallies[0].since() == "2026-11-21"
    assert tallies[0].sums("2026-11-22") == {}


def test_nothing_counted_is_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "none" / "tally", lambda: "2026-11-21")
    assert (tally.sums(), tally.most_said(), tally.since()) == ({}, [], "")
    assert not (tmp_path / "none").exists()


def test_counts_that_cannot_be_written_are_lost_with_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    tally = Tally(tmp_path / "file" / "tally", lambda: "2026-11-21")
    with capture_logs() as told:
        for _ in range(3):
            tally.count(HELLO, "fresh", Spoken(1), private=False)
            tally.flush()
    assert [line["event"] for line in told] == ["voice_library_not_counting"]


def test_the_report_says_what_is_there_what_it_saved_and_what_to_add(tmp_path: Path) -> None:
    store, tally = ClipStore(tmp_path, HOW, 1_000_000), Tally(tmp_path / "tally", lambda: "2026-11-21")
    store.put(HELLO, clip_for(HELLO, 24_000), "kept")
    store.put(PRICE, clip_for(PRICE, 48_000), "live")
    tally.count(HELLO, "kept", Spoken(4, 60, 4_000.0, 0.0, 8.0), private=False)
    tally.count(PRICE, "fresh", Spoken(2, 20, 2_000.0, 1_000.0, 604.0), private=False)
    tally.count(key_of("Una vez."), "fresh", Spoken(1, 20, 2_000.0, 1_000.0, 302.0), private=False)
    tally.flush()
    made = make_report(store, tally)
    assert [(s.tier, s.clips, s.seconds) for s in made.shelves] == [("kept", 1, 1.0), ("live", 1, 2.0)]
    assert made.bytes == sum(shelf.bytes for shelf in made.shelves)
    (use,) = made.uses
    assert (use.chars, use.library_chars, use.share) == (100, 60, 0.6)
    assert use.work_saved_s == pytest.approx(2.0)
    assert use.wait_saved_ms == pytest.approx(300.0)
    assert [phrase.text for phrase in made.suggestions] == [PRICE.spoken]
