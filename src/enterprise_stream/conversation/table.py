"""The transition table: made by asking `step` what follows in each situation, so it cannot be out of date."""

import re
from dataclasses import dataclass

from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.draft_events import DraftFailed, MeaningCompared
from enterprise_stream.conversation.house_events import PartingRequested, WarningRequested
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed
from enterprise_stream.conversation.state import Conversation
from enterprise_stream.conversation.usage import Usage

_ASK = "¿A qué hora es el desayuno?"
_SPOKEN = (ev.SpeechStarted(1000),)
_PAUSED = (*_SPOKEN, ev.SpeechPaused(3000, 192))
_ANSWERED = (ev.TextReceived(0, "Hola"),)
_SOUNDING = (*_ANSWERED, ev.ReplyTextGrew(100, 1, "Buenas tardes."), ev.ReplySounded(200, 1, 900))
_WHOLE = (*_SOUNDING, ev.ReplyTextEnded(300, 1, "general", Usage()))
_OVER = (*_WHOLE, ev.SpeechStarted(400))

SITUATIONS: dict[str, tuple[ev.Event, ...]] = {
    "Listening": (),
    "UserSpeaking": _SPOKEN,
    "UserSpeaking, turns are manual": (ev.ModeChosen(0, "manual"), *_SPOKEN),
    "Deciding, nothing known": _PAUSED,
    "Deciding, words known": (*_PAUSED, ev.WordsHeard(3100, 1, 1, ev.Words(_ASK), paused=True)),
    "Deciding, no words": (*_PAUSED, ev.WordsHeard(3100, 1, 1, ev.Words(""), paused=True)),
    "Deciding, the sound is finished": (*_PAUSED, ev.SilenceGrew(3064, 256), ev.CompletionJudged(3070, 1, 1, 0.9)),
    "Deciding, an answer is begun ahead": (*_PAUSED, ev.WordsHeard(3100, 1, 1, ev.Words(_ASK), paused=True)),
    "Finalizing": (*_SPOKEN, ev.StopRequested(3000)),
    "Finalizing, the guest speaks again": (*_SPOKEN, ev.StopRequested(3000), ev.SpeechStarted(3100)),
    "Replying, thinking": _ANSWERED,
    "Replying, the text is whole": (
        *_ANSWERED,
        ev.ReplyTextGrew(100, 1, "Buenas tardes."),
        ev.ReplyTextEnded(300, 1, "general", Usage()),
    ),
    "Replying, speaking": _SOUNDING,
    "Replying, speaking, the text is whole": _WHOLE,
    "Replying, all is sent": (*_WHOLE, ev.ReplyVoiceEnded(350, 1)),
    "Replying, speaking, speech is suspected": (*_SOUNDING, ev.SpeechSuspected(350)),
    "Replying, nobody is connected": (*_SOUNDING, ConnectionLost(350)),
    "Yielding, guest speaks": _OVER,
    "Yielding, guest paused": (*_OVER, ev.SpeechPaused(900, 192)),
    "Yielding, guest said ajá": (
        *_OVER,
        ev.SpeechPaused(900, 192),
        ev.WordsHeard(950, 2, 1, ev.Words("ajá"), paused=True),
    ),
    "Parting": (PartingRequested(0),),
    "Parting, all is sent": (
        PartingRequested(0),
        ev.ReplyTextGrew(100, 1, "Hasta pronto."),
        ev.ReplySounded(200, 1, 900),
        ev.ReplyTextEnded(300, 1, "general", Usage()),
        ev.ReplyVoiceEnded(350, 1),
    ),
    "Closed": (ev.Left(0),),
}
"""What has happened before, per situation; every phase is among them."""

_LATER = 5000.0


def _events(turn: int, speaking: int) -> dict[str, ev.Event]:
    """Every event, where its content matters more than once; all are of what is live."""
    at, words = _LATER, ev.Words(_ASK)
    return {
        "speech is suspected": ev.SpeechSuspected(at),
        "the suspicion passes": ev.SuspicionPassed(at),
        "speech starts": ev.SpeechStarted(at),
        "speech pauses": ev.SpeechPaused(at, 192),
        "silence grows to 0.3 s": ev.SilenceGrew(at, 320),
        "silence grows to 1.5 s": ev.SilenceGrew(at, 1500),
        "silence grows to 2.2 s": ev.SilenceGrew(at, 2200),
        "speech resumes": ev.SpeechResumed(at),
        "speech goes on for 0.3 s": ev.SpeechWentOn(at, 320),
        "speech goes on for 1 s": ev.SpeechWentOn(at, 1000),
        "the client stops sending audio": ev.AudioStalled(at, 700),
        "the utterance is full": ev.UtteranceFull(at),
        "words": ev.WordsHeard(at, speaking, 1, words, paused=True),
        "words that only listen": ev.WordsHeard(at, speaking, 1, ev.Words("ajá"), paused=True),
        "words that call for more": ev.WordsHeard(at, speaking, 1, ev.Words("quería saber el"), paused=True),
        "no words": ev.WordsHeard(at, speaking, 1, ev.Words(""), paused=True),
        "final words": ev.FinalWordsHeard(at, turn, words),
        "final words: none": ev.FinalWordsHeard(at, turn, ev.Words("")),
        "the sound is finished": ev.CompletionJudged(at, speaking, 1, 0.9),
        "other words": ev.WordsHeard(at, speaking, 1, ev.Words("¿Hay piscina?"), paused=True),
        "the draft answers other words too": MeaningCompared(at, 1, "¿Hay piscina?", same=True),
        "the draft answers other words not": MeaningCompared(at, 1, "¿Hay piscina?", same=False),
        "the draft fails": DraftFailed(at, 1),
        "the recogniser fails": ev.RecognitionFailed(at, speaking, "stt_failed", retryable=True),
        "`stop`": ev.StopRequested(at),
        "`text`": ev.TextReceived(at, "Hola"),
        "`interrupt`": ev.InterruptRequested(at),
        "turns become manual": ev.ModeChosen(at, "manual"),
        "turns become automatic": ev.ModeChosen(at, "auto"),
        "`set_language`": ev.LanguageChosen(at, "en"),
        "`get_history`": ev.HistoryRequested(at),
        "`clear_history`": ev.HistoryCleared(at),
        "the house warns of the call's end": WarningRequested(at, "time"),
        "the house ends the call": PartingRequested(at),
        "`get_status`": ev.StatusRequested(at),
        "`playback` in the middle": ev.Played(at, 1, 300),
        "`playback` with the first sound's moment": ev.Played(at, 1, 300, ev.FirstSound(at - 300, at - 380, 40)),
        "`playback` to the end": ev.Played(at, 1, 900),
        "the answer's text grows": ev.ReplyTextGrew(at, 1, "Hola."),
        "the answer's text ends": ev.ReplyTextEnded(at, 1, "general", Usage()),
        "the first clause goes to the voice": ev.ReplyPhrased(at, 1),
        "audio goes out": ev.ReplySounded(at, 1, 1200, (ev.Caption("Hola", 0, 300),)),
        "the first audio is sent": ev.ReplySent(at, 1),
        "all audio is out": ev.ReplyVoiceEnded(at, 1),
        "no voice": ev.ReplyVoiceMissing(at, 1, "Hola."),
        "the brain fails": ev.ReplyFailed(at, 1, "llm_failed", retryable=True),
        "the timer fires": ev.TimerFired(at, 1),
        "the connection is lost": ConnectionLost(at),
        "the guest is back": ConnectionResumed(at),
        "the guest leaves": ev.Left(at),
    }


@dataclass(frozen=True, slots=True)
class Row:
    """What follows from one event in one situation.

    Attributes:
        phase: the phase after it.
        actions: the names of what is done and told, in order.
    """

    situation: str
    event: str
    phase: str
    actions: tuple[str, ...]


def rows() -> list[Row]:
    """Every row in which something changes or is done."""
    found: list[Row] = []
    for situation, before in SITUATIONS.items():
        ahead = SpeculationPolicy("pause", "meaning") if "ahead" in situation else SpeculationPolicy("off")
        conversation = _reach(before, ahead)
        turn = 1
        speaking = conversation.last_turn if situation.startswith("Yielding") else turn
        for name, event in _events(turn, speaking).items():
            after, actions = step(conversation, event)
            if after != conversation or actions:
                done = tuple(type(action).__name__ for action in actions)
                found.append(Row(situation, name, type(after.phase).__name__, done))
    return found


def _reach(events: tuple[ev.Event, ...], speculation: SpeculationPolicy) -> Conversation:
    conversation = Conversation("es", speculation=speculation)
    for event in events:
        conversation, _ = step(conversation, event)
    return conversation


def render() -> str:
    """The table as a page of Markdown: the phases as a diagram, then one table per situation."""
    table = rows()
    edges: dict[tuple[str, str], list[str]] = {}
    for row in table:
        phase = row.situation.partition(",")[0]
        if phase != row.phase and row.phase != "Closed":
            labels = edges.setdefault((phase, row.phase), [])
            label = re.sub("[`:]", "", row.event)
            if label not in labels:
                labels.append(label)
    arrows = [f"    {a} --> {b}: {' / '.join(labels)}" for (a, b), labels in edges.items()]
    parts = [_HEAD, "```mermaid", "stateDiagram-v2", "    [*] --> Listening", *arrows, "```", ""]
    for situation in SITUATIONS:
        parts += _section(situation, [row for row in table if row.situation == situation])
    return "\n".join(parts).rstrip() + "\n"


def _section(situation: str, table: list[Row]) -> list[str]:
    head = [f"## {situation}", ""]
    if not table:
        return [*head, "Nothing changes any more.", ""]
    lines = [f"| {row.event} | {row.phase} | {', '.join(row.actions) or '–'} |" for row in table]
    return [*head, "| event | next phase | actions, in order |", "| --- | --- | --- |", *lines, ""]


_HEAD = """<!-- Generated by `python -m enterprise_stream.testing.turn_table --write`; do not edit. -->

# Turn-taking

What follows from every event in every situation of a conversation, as the pure core decides it (ADR 0001). The words
are those of the [glossary](../glossary.md); actions are commands to the session and notices to the guest's client
(`conversation/actions.py`). An event that is not listed changes nothing there. Thresholds are in
`conversation/policy.py`. The guest may leave in every phase; the diagram leaves that out.
"""
