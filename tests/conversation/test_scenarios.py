"""Every scenario file holds on the pure core, and the player and the checker of scenarios can fail."""

from pathlib import Path

import pytest

from enterprise_stream.conversation.actions import OpenUtterance
from enterprise_stream.testing.core_stage import OTHER, CoreStage
from enterprise_stream.testing.notices import message_of
from enterprise_stream.testing.scenario import Scenario, ScenarioError, Seen, agrees, load

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))


def test_there_are_scenarios() -> None:
    assert len(FILES) >= 17


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    scenario = load(path)
    record = CoreStage(scenario).play()
    seen = "\n".join(f"{s.at:8.0f} {s.name} {dict(s.fields)}" for s in record)
    wrong = "\n".join(scenario.check(record))
    assert not wrong, f"{scenario.title}\n{wrong}\nseen:\n{seen}"


def _said(record: list[Seen]) -> dict[tuple[str, object], object]:
    """What was understood and answered in each turn, without when."""
    final = [s for s in record if s.name == "transcription" and s.fields["final"]]
    answers = [s for s in record if s.name in ("response_complete", "play_voice")]
    return {(s.name, s.fields["turn"]): s.fields["text"] for s in (*final, *answers)}


@pytest.mark.parametrize("agreement", ["words", "meaning"])
@pytest.mark.parametrize("when", ["pause", "interim"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_working_ahead_changes_no_answer(path: Path, when: str, agreement: str) -> None:
    """Where a guest speaks before an answer that was slow, one that was not may be there in time; else all is alike."""
    scenario = load(path)
    plain = _said(CoreStage(scenario.model_copy(update={"speculation": "off"})).play())
    ahead = _said(CoreStage(scenario.model_copy(update={"speculation": when, "agreement": agreement})).play())
    assert {key: ahead.get(key) for key in plain} == plain
    assert not {name for name, _ in ahead.keys() - plain.keys()} - {"response_complete"}


@pytest.mark.parametrize("when", ["pause", "interim"])
def test_a_draft_that_is_let_out_for_other_words_is_noticed(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: with a core that lets every draft out, the guest hears an answer to other words."""
    scenario = load(FOLDER / "answer_begun_for_other_words.yaml").model_copy(update={"speculation": when})
    monkeypatch.setattr("enterprise_stream.conversation.drafts.agrees", lambda *_: True)
    said = _said(CoreStage(scenario).play())
    assert said["response_complete", 1] == OTHER.answer[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_is_not_met_by_silence_or_by_everything(path: Path) -> None:
    scenario = load(path)
    assert scenario.check([]), "a scenario must ask for something"
    unwanted = [e for e in scenario.expect if e.must_not is not None]
    for expected in unwanted:
        at = expected.since if expected.since is not None else scenario.lasts_ms
        alone = scenario.model_copy(update={"expect": (expected,)})
        assert alone.check([Seen(min(at, expected.until or at), str(expected.must_not), expected.fields)])


def _scenario(*expect: dict[str, object]) -> Scenario:
    return Scenario.model_validate({"title": "t", "expect": list(expect)})


def test_musts_are_met_in_order_and_in_time() -> None:
    record = [Seen(10, "a", {"turn": 1}), Seen(20, "b", {"turn": 1}), Seen(500, "a", {"turn": 2})]
    assert (
        _scenario({"must": "a"}, {"must": "b", "within_ms": 10}, {"must": "a", "with": {"turn": 2}}).check(record) == []
    )
    assert _scenario({"must": "b"}, {"must": "a", "within_ms": 100}).check(record) == [
        "missing: a {} after 20 ms within 100 ms"
    ]
    assert _scenario({"must": "b"}, {"must": "b"}).check(record) == ["missing: b {} after 20 ms"]


def test_must_not_looks_from_the_last_must_or_from_since() -> None:
    record = [Seen(10, "a", {}), Seen(20, "b", {}), Seen(500, "c", {})]
    assert _scenario({"must": "b"}, {"must_not": "a"}, {"must_not": "c", "until": 499}).check(record) == []
    assert _scenario({"must_not": "c", "since": 100}).check(record) == ["unwanted: c {} at 500 ms"]


@pytest.mark.parametrize(
    ("expected", "seen", "agree"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, [1], False),
        ([{"a": 1}], [{"a": 1, "b": 2}], True),
        ([{"a": 1}], [{"a": 1}, {"a": 1}], False),
        ([1], 1, False),
        (100.0, 100.6, True),
        (100.0, 102.0, False),
        (100.0, None, False),
        ("x", "y", False),
    ],
)
def test_agrees(expected: object, seen: object, agree: bool) -> None:
    assert agrees(expected, seen) is agree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: [", "is not YAML"),
        ("title: t", "expect"),
        ("title: t\nexpect: []", "expect"),
        ("title: t\nguests: []\nexpect: [{must: a}]", "guests"),
        ("title: t\nexpect: [{must: a, must_not: b}]", "either must or must_not"),
        ("title: t\nexpect: [{must_not: b, within_ms: 3}]", "within_ms goes with must"),
        ("title: t\nexpect: [{must: b, until: 3}]", "until goes with must_not"),
        ("title: t\nclient: [{at: 0, sends: shout}]\nexpect: [{must: a}]", "client.0.sends"),
    ],
)
def test_a_file_that_is_no_scenario_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=says) as error:
        load(path)
    assert "bad.yaml" in str(error.value)


def test_a_scenario_without_enough_answers_says_so() -> None:
    scenario = Scenario.model_validate(
        {"title": "short", "client": [{"at": 1, "sends": "text", "text": "Hola"}], "expect": [{"must": "a"}]}
    )
    with pytest.raises(ScenarioError, match="no answer number 1"):
        CoreStage(scenario).play()


def test_a_command_is_no_message() -> None:
    with pytest.raises(TypeError, match="OpenUtterance is a command"):
        message_of(OpenUtterance(1))
