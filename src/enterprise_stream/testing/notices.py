"""The core's notices in the words of the stream protocol, as scenarios tell them."""

from enterprise_stream.conversation import actions as act


def message_of(notice: act.Action) -> tuple[str, dict[str, object]]:  # noqa: C901 - one line per notice
    """A notice as the protocol's message: its name and fields.

    Raises:
        TypeError: for a command, which no client sees.
    """
    match notice:
        case act.GuestHeard(turn=turn):
            return "speech_started", {"turn": turn}
        case act.GuestPaused(turn=turn):
            return "speech_stopped", {"turn": turn}
        case act.WordsShown(turn=turn, words=words, final=final):
            return "transcription", {"turn": turn, "text": words.text, "final": final}
        case act.AnswerGrew(turn=turn, text=text):
            return "response_chunk", {"turn": turn, "text": text}
        case act.VoiceBegan(turn=turn):
            return "audio_start", {"turn": turn}
        case act.Captioned(turn=turn, text=text, start_ms=start, end_ms=end):
            return "caption", {"turn": turn, "text": text, "start_ms": start, "end_ms": end}
        case act.VoiceEnded(turn=turn, duration_ms=duration):
            return "audio_end", {"turn": turn, "duration_ms": duration}
        case act.VoiceMissing(turn=turn, text=text, response_type=kind):
            return "play_voice", {"turn": turn, "text": text, "responseType": kind}
        case act.AnswerComplete(turn=turn, text=text, response_type=kind, latency=latency):
            stages = ("endpoint", "transcript", "first_text", "first_audio", "speculated")
            known = {name: getattr(latency, name) for name in stages}
            return "response_complete", {"turn": turn, "text": text, "responseType": kind, "latency": known}
        case act.TurnTimed(turn=turn, timeline=timeline):
            known = {spent.name: spent.ms for spent in timeline.known()}
            return "timeline", {"turn": turn, "stages": known, "total_ms": timeline.total_ms}
        case act.Ducked(turn=turn, on=on):
            return "duck", {"turn": turn, "on": on}
        case act.AnswerInterrupted(turn=turn, heard_text=heard, played_ms=played, reason=reason):
            return "interrupted", {"turn": turn, "heard_text": heard, "played_ms": played, "reason": reason}
        case act.LanguageSet(language=language):
            return "language", {"language": language}
        case act.HistoryListed(items=items):
            lines = [{"role": i.role, "text": i.text, "turn": i.turn, "interrupted": i.interrupted} for i in items]
            return "history", {"items": lines}
        case act.HistoryForgotten():
            return "history_cleared", {}
        case act.StatusReported(state=state):
            return "status", {"state": state}
        case act.CallEnded():
            return "call_ended", {}
        case act.Failed(code=code, turn=turn):
            return "error", {"code": code, "turn": turn}
        case _:
            raise TypeError(f"{type(notice).__name__} is a command; only notices reach a client")
