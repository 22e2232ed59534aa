"""Which stage made a turn slow, and the picture of its timeline."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation.state import Marks
from enterprise_stream.conversation.timeline import STAGES, Stage, Timeline, timeline
from enterprise_stream.observe.slowness import EMBEDDED, REMOTE, budgets, slowest
from enterprise_stream.observe.waterfall import waterfall

INSIDE = ("endpoint", "transcript", "first_text", "first_clause", "first_audio", "sent")

any_timeline = st.tuples(*(st.none() | st.floats(0, 5000) for _ in STAGES)).map(
    lambda ms: Timeline(tuple(Stage(name, each) for name, each in zip(STAGES, ms, strict=True)))
)


def took(**ms: float) -> Timeline:
    """A turn whose stages took what they usually take, but for these."""
    return Timeline(tuple(Stage(name, ms.get(name, EMBEDDED[name])) for name in STAGES))


def test_the_embedded_budgets_add_up_to_the_goal() -> None:
    assert sum(ms for name, ms in EMBEDDED.items() if name in INSIDE) == 600
    assert set(EMBEDDED) == set(REMOTE) == set(STAGES)


def test_the_mode_says_which_budgets_count() -> None:
    assert budgets("embedded") is EMBEDDED
    assert budgets("deepgram+openai") is REMOTE


def test_the_slow_stage_is_named() -> None:
    found = slowest(took(first_audio=640, endpoint=300), EMBEDDED)
    assert found is not None
    assert (found.name, found.ms, found.over_ms) == ("first_audio", 640, 360)
    assert found.sentence() == "the voice took 640 of 1180 ms, 360 more than usual"


def test_the_longest_stage_is_not_the_slow_one_when_it_kept_its_budget() -> None:
    found = slowest(took(transcript=200), EMBEDDED)
    assert found is not None
    assert found.name == "transcript"


def test_a_turn_in_its_budgets_was_not_slow() -> None:
    found = slowest(took(endpoint=200, first_audio=275), EMBEDDED)
    assert found is not None
    assert found.over_ms == 0
    assert found.sentence().endswith("nothing was slow")


def test_a_stage_that_holds_unknown_ones_has_their_budget_too() -> None:
    alone = Timeline((*took().stages[:-2], Stage("arrived", None), Stage("heard", 140)))
    found = slowest(alone, EMBEDDED)
    assert found is not None
    assert found.over_ms == 0


def test_nothing_known_names_nothing() -> None:
    assert slowest(Timeline(tuple(Stage(name, None) for name in STAGES)), EMBEDDED) is None


@given(any_timeline)
def test_what_is_named_is_further_over_than_any_other(found_in: Timeline) -> None:
    most = slowest(found_in, EMBEDDED)
    if most is None:
        assert found_in.known() == ()
        return
    assert most.total_ms == found_in.total_ms
    assert 0 <= most.over_ms <= most.ms


# --- the picture -------------------------------------------------------------------------------------------------

MARKS = Marks(
    speech_ended=0, endpoint=250, transcript=250, first_text=290, first_clause=292, first_audio=900, sent=901,
    arrived=920, heard=1000,
)  # fmt: skip


def test_the_picture() -> None:
    assert waterfall(timeline(MARKS), 20) == [
        "endpoint        250    +250  █████",
        "transcript      250      +0",
        "first_text      290     +40       ▊",
        "first_clause    292      +2       ▏",
        "first_audio     900    +608        ████████████",
        "sent            901      +1                    ▏",
        "arrived         920     +19                    ▍",
        "heard          1000     +80                    ██",
        "               1000 ms  from the guest's last word to her voice",
    ]


@given(any_timeline, st.integers(8, 60))
def test_bars_follow_one_another_and_stay_on_the_axis(drawn: Timeline, width: int) -> None:
    lines = waterfall(drawn, width)[:-1]
    assert len(lines) == len(drawn.whole().known())
    begins = []
    for line in lines:
        bar = line[30:]
        assert len(bar) <= width + 1
        if bar.strip():
            begins.append(len(bar) - len(bar.lstrip()))
    assert begins == sorted(begins)
