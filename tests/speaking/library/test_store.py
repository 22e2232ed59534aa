"""The store against a model, with several processes, and killed in the middle of writing."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from enterprise_stream.speaking.library import ClipKey, ClipStore, Rendering
from enterprise_stream.speaking.library.store import TIERS, Tier

from .clips import HOW, clip_for, key_of, same

PLENTY = 1 << 30
KEYS = [key_of(text) for text in ("Hola.", "Sí, claro.", "Son 120 €.", "A las 8:00.")]
keys = st.sampled_from(KEYS)
tiers = st.sampled_from(TIERS)


class AgainstAModel(RuleBasedStateMachine):
    """What a dictionary would do, with damage, eviction and other processes' stores."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.now = 1_000_000.0
        self.stores = [ClipStore(root, HOW, PLENTY, lambda: self.now) for _ in range(2)]
        self.model: dict[tuple[Tier, str], int] = {}
        self.seeds = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(which=st.integers(0, 1), text=keys, tier=tiers)
    def put(self, which: int, text: ClipKey, tier: Tier) -> None:
        self.seeds += 1
        self.stores[which].put(text, clip_for(text, seed=self.seeds), tier)
        self.model[tier, text.spoken] = self.seeds

    @rule(which=st.integers(0, 1), text=keys)
    def get(self, which: int, text: ClipKey) -> None:
        found = self.stores[which].get(text)
        held = [(t, self.model[t, text.spoken]) for t in TIERS if (t, text.spoken) in self.model]
        if not held:
            assert found is None
            return
        assert found is not None
        assert found[0] == held[0][0]
        assert same(found[1], clip_for(text, seed=held[0][1]))

    @rule(text=keys, tier=tiers, cut=st.integers(0, 300))
    def damage(self, text: ClipKey, tier: Tier, cut: int) -> None:
        path = self.stores[0]._path(tier, text)
        if path.exists():
            path.write_bytes(path.read_bytes()[:cut])
            assert (found := self.stores[1].get(text)) is None or found[0] != tier
            self.model.pop((tier, text.spoken), None)
            if path.exists():  # a better tier was read first
                path.unlink()

    @rule(which=st.integers(0, 1), text=keys, tier=tiers)
    def drop(self, which: int, text: ClipKey, tier: Tier) -> None:
        self.stores[which].drop(text, tier)
        self.model.pop((tier, text.spoken), None)

    @rule(which=st.integers(0, 1))
    def make_room(self, which: int) -> None:
        store = self.stores[which]
        sizes = {(e.tier, e.path): e.size for e in store.entries()}
        stays = sum(size for (tier, _), size in sizes.items() if tier != "live")
        store.limit_bytes = max(1, sum(sizes.values()) - 1)
        gone = store.make_room()
        store.limit_bytes = PLENTY
        left = list(store.entries())
        assert sum(e.size for e in left if e.tier != "live") == stays
        assert len(left) == len(sizes) - gone
        for tier, text in list(self.model):
            if tier == "live" and not store._path("live", key_of(text)).exists():
                del self.model[tier, text]

    @invariant()
    def nothing_is_left_half_done(self) -> None:
        assert not list(self.stores[0].root.glob("tmp/*"))
        assert {(e.tier) for e in self.stores[0].entries()} == {tier for tier, _ in self.model}


TestAgainstAModel = AgainstAModel.TestCase
TestAgainstAModel.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


def test_the_longest_unused_makes_room_and_what_was_built_stays(tmp_path: Path) -> None:
    now = 1_000_000.0
    store = ClipStore(tmp_path, HOW, PLENTY, lambda: now)
    texts = [f"Frase número {n}." for n in range(12)]
    for number, text in enumerate(texts):
        store.put(key_of(text), clip_for(key_of(text)), "kept" if number == 0 else "live")
        os.utime(store._path("kept" if number == 0 else "live", key_of(text)), (number, number))
    size = sum(entry.size for entry in store.entries())
    now += 1.0
    assert store.get(key_of(texts[1])) is not None  # of use again: no longer the oldest
    store.limit_bytes = size * 3 // 4
    assert store.make_room() > 0
    there = [text for text in texts if store.get(key_of(text)) is not None]
    assert there[:2] == texts[:2]
    assert there[2:] == texts[-len(there[2:]) :]
    assert sum(entry.size for entry in store.entries()) <= store.limit_bytes


def test_a_full_store_stays_within_its_limit(tmp_path: Path) -> None:
    store = ClipStore(tmp_path, HOW, 100_000)
    for number in range(60):
        key = key_of(f"Frase {number}.")
        store.put(key, clip_for(key, seed=number), "live")
        assert sum(entry.size for entry in store.entries()) <= 100_000 + 6_000


def test_another_voice_or_model_has_clips_of_its_own(tmp_path: Path) -> None:
    store = ClipStore(tmp_path, HOW, PLENTY)
    key = KEYS[0]
    store.put(key, clip_for(key), "live")
    for other in (Rendering("sandra", "test-2"), Rendering("olga", "test-1"), Rendering("sandra", "test-1", 1.1)):
        stranger = ClipStore(tmp_path, other, PLENTY)
        assert stranger.get(key) is None
        assert [entry.digest for entry in stranger.orphans()] == [key.digest(HOW)]
    assert store.orphans() == []
    store.put(key, clip_for(key), "own")
    assert ClipStore(tmp_path, Rendering("sandra", "test-2"), PLENTY).get(key) is not None


def test_a_disk_that_takes_nothing_says_so_and_reading_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ClipStore(tmp_path / "file", HOW, PLENTY)
    assert store.get(KEYS[0]) is None
    assert store.make_room() == 0
    with pytest.raises(OSError, match="file"):
        store.put(KEYS[0], clip_for(KEYS[0]), "live")


def test_scraps_of_dead_processes_are_swept_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    store = ClipStore(tmp_path, HOW, 1)
    store.put(KEYS[0], clip_for(KEYS[0]), "kept")
    old, new = tmp_path / "tmp" / "a.part", tmp_path / "tmp" / "b.part"
    for path in (old, new):
        path.write_bytes(b"fLaC")
    os.utime(old, (0, 0))
    store.make_room()
    assert (old.exists(), new.exists()) == (False, True)


HEADER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from clips import HOW, clip_for, key_of, same
from enterprise_stream.speaking.library import ClipStore
"""
ONE_OF_MANY = """
number, found = int(sys.argv[3]), 0
store = ClipStore(Path(sys.argv[2]), HOW, 60_000)
for step in range(60):
    key = key_of(f"Frase {(step * 7 + number) % 15}.")
    held = store.get(key)
    found += held is not None
    if held is None:
        store.put(key, clip_for(key, seed=3), "live")
    else:
        assert same(held[1], clip_for(key, seed=3))
print(found)
"""
WRITER = """
store = ClipStore(Path(sys.argv[2]), HOW, 1 << 30)
for number in range(100_000):
    key = key_of(f"Frase {number % 5}.")
    store.put(key, clip_for(key, 200_000, seed=number % 5), "live")
    print(number, flush=True)
"""


def another_process(script: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", HEADER + script, str(Path(__file__).parent), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_many_processes_at_once(tmp_path: Path) -> None:
    processes = [another_process(ONE_OF_MANY, str(tmp_path), str(number)) for number in range(4)]
    told = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sum(int(found.split()[-1]) for found in told) > 0
    store = ClipStore(tmp_path, HOW, 60_000)
    store.make_room()
    assert sum(entry.size for entry in store.entries()) <= 60_000
    for entry in store.entries():
        assert entry.path.read_bytes()[:4] == b"fLaC"
    assert not list(tmp_path.glob("tmp/*"))


def test_a_process_killed_while_it_writes_leaves_no_bad_clip(tmp_path: Path) -> None:
    for delay in (0.003, 0.011, 0.017):
        with another_process(WRITER, str(tmp_path)) as writer:
            assert writer.stdout is not None
            for _ in range(6):
                writer.stdout.readline()
            time.sleep(delay)  # somewhere inside a write
            writer.send_signal(signal.SIGKILL)
    store = ClipStore(tmp_path, HOW, PLENTY)
    for number in range(5):
        key = key_of(f"Frase {number}.")
        held = store.get(key)
        assert held is not None
        assert same(held[1], clip_for(key, 200_000, seed=number))
