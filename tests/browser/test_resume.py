"""The network goes in the midst of an answer and comes back: what was heard has every word once."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from enterprise_stream.testing import Reply, ScriptedBrain, scripted_engines

from .conftest import built_page
from .hearing import Heard
from .kit.figures import Figures
from .kit.guest import Guest, Visit
from .kit.likeness import alike
from .kit.marked import SLOT_MS, WORDS, lengths, read
from .kit.place import Place
from .kit.voice import MarkedVoice, answer_sound

pytestmark = [pytest.mark.browser, pytest.mark.alone]

PIECES = ("Uno dos tres cuatro. ", "Cinco seis siete ocho. ", "Nueve diez once doce. ", "Trece catorce quince veinte.")
ANSWER = "".join(PIECES)
WHOLE_MS = len(WORDS) * SLOT_MS
CHUNK_MS = 40
"""What the server sends of her voice at once."""


def place_with(speed: float) -> Place:
    built_page()
    brain = ScriptedBrain(Reply(PIECES, delay_ms=30, piece_ms=5))
    return Place(scripted_engines(brain=brain, voice=MarkedVoice(speed)))


@pytest.fixture(scope="module")
def ahead() -> Iterator[Place]:
    """A server whose voice is far ahead of the ear when the network goes."""
    with place_with(12.0) as place:
        yield place


@pytest.fixture(scope="module")
def close_behind() -> Iterator[Place]:
    """A server whose voice is only just ahead of the ear: while the network is gone the page runs out of sound."""
    with place_with(1.15) as place:
        yield place


def asked(visit: Callable[..., Guest[Any]], place: Place, until_ms: float) -> Guest[Any]:
    """A guest who has heard so much of the answer."""
    guest = visit(at=place.url)
    guest.type("¿Y bien?")
    guest.plays(until_ms)
    return guest


def came_back(guest: Guest[Any], place: Place) -> float:
    """The network goes, the page notices, and it comes back; returns when it went, s since 1970."""
    started = len(guest.messages("started"))
    went = time.time()
    place.cut()
    guest.holds("websocketStreamClient.state.link.state === 'reconnecting'")
    place.mend()
    guest.holds(f"__notes.messages.filter(({{ type }}) => type === 'started').length > {started}")
    return went


def heard_out(guest: Guest[Any]) -> Heard:
    """All of the answer."""
    guest.plays(WHOLE_MS - 60)
    guest.until("idle")
    return guest.heard()


@pytest.mark.parametrize("until_ms", [200, 900, 1700])
def test_a_cut_is_not_heard_where_the_voice_is_ahead(
    visit: Visit, ahead: Place, figures: Figures, until_ms: float
) -> None:
    guest = asked(visit, ahead, until_ms)
    session = guest.call("getStatus")["sessionId"]
    went = came_back(guest, ahead)
    assert guest.call("getStatus")["sessionId"] == session
    heard = heard_out(guest)
    # A busy machine may starve the start of the answer, and its first word is then read in two; no other may be.
    assert [said.word for said in read(heard)] in (list(WORDS), [WORDS[0], *WORDS])
    likeness = alike(heard.since(went), answer_sound(WORDS), 24_000)
    figures.note(f"cut after {until_ms:.0f} ms of an answer: correlation with its own sound {likeness:.4f}")
    assert likeness > 0.99, "from there on one whole sound: nothing lost, nothing twice, no pause"
    assert guest.answers() == [ANSWER]


def test_no_word_is_lost_or_said_twice_where_the_page_runs_out_of_sound(
    visit: Visit, close_behind: Place, figures: Figures
) -> None:
    guest = asked(visit, close_behind, 700)
    came_back(guest, close_behind)
    guest.plays(2200)
    came_back(guest, close_behind)
    heard = heard_out(guest)
    assert list(dict.fromkeys(said.word for said in read(heard))) == list(WORDS), "every word, in order"
    meant, was = lengths(answer_sound(WORDS), 24_000), lengths(heard.samples, heard.rate)
    off_ms = {word: was[word] - meant[word] for word in WORDS}
    figures.note(f"torn twice: most that a word is longer or shorter {max(map(abs, off_ms.values())):.1f} ms")
    assert max(map(abs, off_ms.values())) < CHUNK_MS / 2, f"some of a word is missing or there twice: {off_ms}"
    assert guest.answers() == [ANSWER]
    assert guest.call("getHistory")[-1]["text"] == ANSWER
