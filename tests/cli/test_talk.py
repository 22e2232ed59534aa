"""`talk` begins a session as the server would, and a slow turn is slow by what is usual with the engines in use."""

from typing import Any

from enterprise_stream.cli.talk import Turn, session_settings
from enterprise_stream.config import load_settings
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.timeline import STAGES, Stage, Timeline
from enterprise_stream.observe.slowness import EMBEDDED, REMOTE, Budgets
from enterprise_stream.thinking.persona import Persona

GIVEN = {
    "turn_certainty": "0.9",
    "speculation": "interim",
    "speculation_agreement": "meaning",
    "speculation_drafts": "3",
    "openings": "false",
}


def test_a_conversation_works_ahead_and_takes_openings_as_the_servers_do() -> None:
    settings = load_settings(given=GIVEN)
    begins = session_settings(settings, ("es", "en"), Persona("Sandra", "sandra"), "en")
    assert begins.speculation == SpeculationPolicy("interim", "meaning", 3)
    assert begins.policy.certainty == 0.9
    assert not begins.openings
    assert (begins.language, begins.languages) == ("en", ("es", "en"))
    assert session_settings(load_settings(given={}), ("es",), Persona("Sandra", "sandra"), None).openings


def _told(usual: Budgets) -> Any:
    """A turn that took what is usual with vendors, as `--json` prints it."""
    turn = Turn("a.wav", usual, timeline=Timeline(tuple(Stage(name, REMOTE[name]) for name in STAGES)))
    return turn.for_machines()


def test_what_is_slow_depends_on_the_engines() -> None:
    assert _told(EMBEDDED)["timeline"]["slowest"] == "first_text"
    assert "nothing was slow" in _told(REMOTE)["timeline"]["why"]
    assert "usual" not in _told(REMOTE)
