"""Plays a scenario to the pure core: simulated engines on simulated time, no audio, no waiting.

What is in flight when a reply is cancelled still arrives, as it may in a session: the core has to ignore it. An answer
belongs to the words that it is given to where nothing is begun ahead; a draft for other words gets another one.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.draft_events import MeaningCompared
from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.state import Conversation
from enterprise_stream.conversation.usage import Usage
from enterprise_stream.testing.notices import message_of
from enterprise_stream.testing.scenario import Answer, Scenario, ScenarioError, Seen, Sent, Spoken

SUSPECTED_MS = 32.0
"""Speech before the gate suspects it: one frame."""

WENT_ON_MS = 64.0
"""Between two words of the gate about speech that goes on."""

NOTICED_MS = 128.0
"""Speech before the gate opens: four frames."""

PAUSE_MS = 128.0
"""Silence before the gate tells of a pause: four frames."""

MARK_MS = 64.0
"""Between two words of the gate about a growing pause."""

PRE_ROLL_MS = 400.0
"""Audio before the gate's opening that an utterance begins with."""

STALL_MS = 700.0
"""Without audio for this long, an open utterance is over (protocol.md)."""

BESIDE_THE_POINT = frozenset(["eh", "por", "favor", "please"])
"""Words that do not change what is asked for: texts that differ in nothing else are of the same meaning."""

OTHER = Answer(answer=("Eso es otra cosa.",))
"""What words are answered that no turn of the scenario ends with."""

Asked = tuple[int, tuple[str, ...]]
"""A turn and the words that it asks with, those beside the point left out."""


@dataclass(slots=True)
class _Hearing:
    """What the gate and the recogniser know.

    Attributes:
        turn: the open utterance's turn.
        suspecting: whether the gate suspects speech that it is not yet sure of.
        pausing: whether the gate has told of a pause that goes on.
        ears: microphone time from which each utterance is heard.
        ends: microphone time at which an utterance was sealed.
        audio_until: when the client stopped sending audio.
    """

    turn: int | None = None
    suspecting: bool = False
    pausing: bool = False
    ears: dict[int, float] = field(default_factory=dict)
    ends: dict[int, float] = field(default_factory=dict)
    audio_until: float = float("inf")


class CoreStage:
    """One performance of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        speculation = SpeculationPolicy(scenario.speculation, scenario.agreement)
        self._conversation = Conversation(scenario.language, mode=scenario.mode, speculation=speculation)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._now = 0.0
        self._record: list[Seen] = []
        self._hearing = _Hearing()
        self._timers: dict[int, int] = {}
        self._answered = 0
        self._held: dict[int, list[Callable[[float], ev.Event]]] = {}
        self._given: dict[Asked, Answer] = {}
        if scenario.speculation != "off":
            plain = CoreStage(scenario.model_copy(update={"speculation": "off"}))
            plain.play()
            self._given = plain._given

    def play(self) -> list[Seen]:
        """Play it to its end and return what the client saw."""
        for spoken in self._scenario.guest:
            self._speak(spoken)
        for sent in self._scenario.client:
            self._at(sent.at, lambda sent=sent: self._send(sent))  # type: ignore[misc]
        while self._agenda and self._agenda[0][0] <= self._scenario.lasts_ms:
            self._now, _, happen = heapq.heappop(self._agenda)
            happen()
        return self._record

    def _at(self, at: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), happen))

    def _later(self, after_ms: float, event: Callable[[float], ev.Event]) -> None:
        self._at(self._now + after_ms, lambda: self._tell(event(self._now)))

    def _tell(self, event: ev.Event) -> None:
        self._conversation, actions = step(self._conversation, event)
        for action in actions:
            self._perform(action)

    def _perform(self, action: act.Action) -> None:
        recogniser = self._scenario.recogniser
        match action:
            case act.OpenUtterance(turn=turn):
                self._open(turn)
            case act.AskWords(turn=turn, revision=revision, paused=paused):
                self._words(turn, revision, paused=paused)
            case act.AskCompletion(turn=turn, revision=revision):
                verdict = self._verdict()
                self._later(recogniser.completion_ms, lambda at: ev.CompletionJudged(at, turn, revision, verdict))
            case act.AskFinal(turn=turn):
                self._close(turn)
                words = self._understood(turn)
                failed = recogniser.fails
                self._later(
                    recogniser.final_ms,
                    lambda at: (
                        ev.FinalWordsHeard(at, turn, words)
                        if failed is None
                        else ev.RecognitionFailed(at, turn, failed, retryable=True)
                    ),
                )
            case act.CloseUtterance(turn=turn):
                self._close(turn)
            case (
                act.StartReply()
                | act.DraftReply()
                | act.ReleaseReply()
                | act.CompareMeaning()
                | act.SayGoodbye()
                | act.SayWarning()
                | act.SayUnheard()
                | act.CancelReply()
            ):
                self._perform_reply(action)
            case act.SetTimer(reply=reply, at=at):
                self._set_timer(reply, at)
            case act.CancelTimer(reply=reply):
                self._timers.pop(reply, None)
            case _:
                self._record.append(Seen(self._now, *message_of(action)))

    def _perform_reply(self, command: act.ReplyCommand) -> None:
        match command:
            case act.StartReply(reply=reply, turn=turn, words=words):
                asked = turn, _meaning(words)
                answer = self._given.get(asked) or self._next_answer()
                self._given[asked] = answer
                self._answer(reply, answer)
                self._answered += 1
            case act.DraftReply(reply=reply, turn=turn, words=words):
                self._held[reply] = []
                self._answer(reply, self._given.get((turn, _meaning(words)), OTHER))
            case act.ReleaseReply(reply=reply):
                self._answered += 1
                for event in self._held.pop(reply):
                    self._tell(event(self._now))
            case act.CompareMeaning(reply=reply, drafted=drafted, words=words):
                same = _meaning(drafted) == _meaning(words)
                self._later(20.0, lambda at: MeaningCompared(at, reply, words.text, same=same))
            case act.SayGoodbye(reply=reply):
                self._answer(reply, Answer(answer=("Adiós.",)))
            case act.SayWarning(reply=reply):
                self._answer(reply, Answer(answer=("¿Sigue ahí?",)))
            case act.SayUnheard(reply=reply):
                self._answer(reply, Answer(answer=("No le oigo.",), type="error"))
            case act.CancelReply():
                pass  # what is in flight still arrives

    def _set_timer(self, reply: int, at: float) -> None:
        mark = next(self._order)
        self._timers[reply] = mark

        def fire() -> None:
            if self._timers.get(reply) == mark:
                del self._timers[reply]
                self._tell(ev.TimerFired(self._now, reply))

        self._at(max(at, self._now), fire)

    # --- the microphone -----------------------------------------------------------------------------------------

    def _speak(self, spoken: Spoken) -> None:
        end = spoken.at + spoken.for_ms
        if spoken.for_ms >= SUSPECTED_MS:
            self._at(spoken.at + SUSPECTED_MS, lambda: self._suspect(ev.SpeechSuspected))
            self._at(end + PAUSE_MS, lambda: self._suspect(ev.SuspicionPassed))
        if spoken.for_ms >= NOTICED_MS:
            self._at(spoken.at + NOTICED_MS, self._notice)
        spoken_ms = NOTICED_MS + WENT_ON_MS
        while spoken_ms <= spoken.for_ms:
            self._at(spoken.at + spoken_ms, lambda spoken_ms=spoken_ms: self._went_on(spoken_ms))  # type: ignore[misc]
            spoken_ms += WENT_ON_MS
        following = min((s.at + NOTICED_MS for s in self._scenario.guest if s.at > spoken.at), default=float("inf"))
        silence = PAUSE_MS
        while end + silence < min(following, self._scenario.lasts_ms):
            self._at(end + silence, lambda silence=silence: self._silence(silence))  # type: ignore[misc]
            silence += MARK_MS

    def _notice(self) -> None:
        hearing = self._hearing
        if self._now > hearing.audio_until:
            return
        if hearing.turn is None:
            hearing.suspecting = False
            self._tell(ev.SpeechStarted(self._now))
        elif hearing.pausing:
            hearing.pausing = False
            self._tell(ev.SpeechResumed(self._now))

    def _suspect(self, fact: type[ev.SpeechSuspected | ev.SuspicionPassed]) -> None:
        if self._hearing.turn is None and self._now <= self._hearing.audio_until:
            self._hearing.suspecting = fact is ev.SpeechSuspected
            self._tell(fact(self._now))

    def _went_on(self, spoken_ms: float) -> None:
        hearing = self._hearing
        if hearing.turn is not None and not hearing.pausing and self._now <= hearing.audio_until:
            self._tell(ev.SpeechWentOn(self._now, spoken_ms))

    def _silence(self, silence_ms: float) -> None:
        hearing = self._hearing
        if hearing.turn is None or self._now > hearing.audio_until:
            return
        first, hearing.pausing = not hearing.pausing, True
        self._tell(ev.SpeechPaused(self._now, silence_ms) if first else ev.SilenceGrew(self._now, silence_ms))

    def _open(self, turn: int) -> None:
        hearing = self._hearing
        hearing.turn, hearing.pausing = turn, False
        hearing.ears[turn] = max(self._now - PRE_ROLL_MS, max(hearing.ends.values(), default=0.0))
        self._interim(turn)

    def _interim(self, turn: int) -> None:
        def interim() -> None:
            if self._hearing.turn == turn:
                if not self._hearing.pausing:
                    self._words(turn, -1, paused=False)
                self._interim(turn)

        self._at(self._now + self._scenario.recogniser.interim_every_ms, interim)

    def _close(self, turn: int) -> None:
        hearing = self._hearing
        if hearing.turn != turn:
            return
        hearing.turn, hearing.pausing = None, False
        hearing.ends[turn] = self._now
        if any(s.at < self._now and self._now + NOTICED_MS <= s.at + s.for_ms for s in self._scenario.guest):
            self._at(self._now + NOTICED_MS, self._notice)

    def _words(self, turn: int, revision: int, *, paused: bool) -> None:
        words = self._understood(turn)
        delay = self._scenario.recogniser.words_ms
        self._later(delay, lambda at: ev.WordsHeard(at, turn, revision, words, paused))

    def _understood(self, turn: int) -> ev.Words:
        hearing = self._hearing
        until = min(self._now, hearing.ends.get(turn, self._now), hearing.audio_until)
        understood: list[str] = []
        for spoken in self._scenario.guest:
            words = spoken.words
            each = spoken.for_ms / max(1, len(words))
            middles = ((word, spoken.at + (i + 0.5) * each) for i, word in enumerate(words))
            understood += [word for word, middle in middles if hearing.ears[turn] <= middle <= until]
        return ev.Words(" ".join(understood), self._scenario.language, 0.9)

    def _verdict(self) -> float:
        said = [spoken for spoken in self._scenario.guest if spoken.at + spoken.for_ms <= self._now]
        return said[-1].finished if said else 0.0

    # --- the client ---------------------------------------------------------------------------------------------

    def _send(self, sent: Sent) -> None:
        match sent.sends:
            case "no_more_audio":
                self._hearing.audio_until = self._now
                self._at(self._now + STALL_MS, self._stall)
            case _:
                self._tell(_client_event(sent))

    def _stall(self) -> None:
        if self._hearing.turn is not None or self._hearing.suspecting:
            self._tell(ev.AudioStalled(self._now, self._now - self._hearing.audio_until))
            self._at(self._now + STALL_MS, self._stall)

    # --- brain and voice ----------------------------------------------------------------------------------------

    def _told(self, reply: int, after_ms: float, event: Callable[[float], ev.Event]) -> None:
        """What a reply tells, later; as long as it is a draft, it waits to be let out."""

        def tell() -> None:
            if reply in self._held:
                self._held[reply].append(event)
            else:
                self._tell(event(self._now))

        self._at(self._now + after_ms, tell)

    def _next_answer(self) -> Answer:
        if self._answered >= len(self._scenario.brain):
            number = self._answered + 1
            raise ScenarioError(f"{self._scenario.title}: the brain has no answer number {number}; add one")
        return self._scenario.brain[self._answered]

    def _answer(self, reply: int, answer: Answer) -> None:
        given = answer.answer if answer.fails_after is None else answer.answer[: answer.fails_after]
        delay = answer.first_text_ms
        for piece in given:
            self._told(reply, delay, lambda at, piece=piece: ev.ReplyTextGrew(at, reply, piece))  # type: ignore[misc]
            delay += answer.piece_every_ms
        if answer.fails_after is not None:
            self._told(reply, delay, lambda at: ev.ReplyFailed(at, reply, "llm_failed", retryable=True))
            return
        self._told(reply, delay, lambda at: ev.ReplyTextEnded(at, reply, answer.type, Usage()))
        self._sound(reply, answer, delay)

    def _sound(self, reply: int, answer: Answer, text_ends_ms: float) -> None:
        voiced = len(answer.answer) if answer.voice_fails_after is None else answer.voice_fails_after
        voiced = voiced if self._scenario.sound else 0
        word_ms = self._scenario.voice.word_ms
        sent, delay = 0.0, answer.first_text_ms + self._scenario.voice.first_audio_ms
        for piece in answer.answer[:voiced]:
            words = piece.split()
            captions = tuple(ev.Caption(w, sent + i * word_ms, sent + (i + 1) * word_ms) for i, w in enumerate(words))
            sent += word_ms * len(words)
            self._told(
                reply,
                delay,
                lambda at, sent=sent, captions=captions: ev.ReplySounded(at, reply, sent, captions),  # type: ignore[misc]
            )
            delay += answer.piece_every_ms
        rest = "".join(answer.answer[voiced:])
        delay = max(delay, text_ends_ms)
        if rest:
            self._told(reply, delay, lambda at: ev.ReplyVoiceMissing(at, reply, rest))
        else:
            self._told(reply, delay, lambda at: ev.ReplyVoiceEnded(at, reply))


def _meaning(words: ev.Words) -> tuple[str, ...]:
    return tuple(word for word in words_of(words.text) if word not in BESIDE_THE_POINT)


def _client_event(sent: Sent) -> ev.ClientEvent:
    match sent.sends:
        case "stop":
            return ev.StopRequested(sent.at)
        case "text":
            return ev.TextReceived(sent.at, sent.text)
        case "interrupt":
            return ev.InterruptRequested(sent.at)
        case "playback":
            return ev.Played(sent.at, sent.turn, sent.played_ms)
        case "set_language":
            return ev.LanguageChosen(sent.at, sent.language)
        case "get_history":
            return ev.HistoryRequested(sent.at)
        case "clear_history":
            return ev.HistoryCleared(sent.at)
        case "get_status":
            return ev.StatusRequested(sent.at)
        case _:
            return ev.Left(sent.at)
