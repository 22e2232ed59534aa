"""The tools that the embedded brain calls: a booking that it has read back, and a person to be told."""

import json
from dataclasses import replace

from enterprise_stream.engines.retrieval.booking import BookingTalk
from enterprise_stream.engines.retrieval.offers import Offers
from enterprise_stream.engines.retrieval.phrases import Phrases
from enterprise_stream.engines.retrieval.state import Booking, DialogueState, Reply
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.ports import Question, ToolCall

BOOK = "request_booking"
HAND_OVER = "hand_over_to_person"

_ID = "facts"
_TELLS = frozenset({"ask_office", "broken"})
"""Answers that promise that a person is told."""

_MAX_REASON = 400


def call_for(question: Question, before: DialogueState, reply: Reply) -> ToolCall | None:
    """The call that an answer needs, if the question offers its tool."""
    offered = {tool.name for tool in question.tools}
    booking = reply.state.booking
    if BOOK in offered and booking is not None and booking.complete:
        agreed = booking.stage == "done" and before.booking is not None and before.booking.stage == "confirming"
        if agreed or (booking.stage == "confirming" and booking.asked is None):
            return ToolCall(f"{_ID}-booking", BOOK, _arguments(booking))
    if HAND_OVER in offered and _TELLS.intersection(reply.state.intents):
        said = [line.text for line in question.history if line.role == "user"][-1:]
        reason = " / ".join((*said, question.text)) if before.pending is not None else question.text
        return ToolCall(f"{_ID}-person", HAND_OVER, json.dumps({"reason": reason[:_MAX_REASON]}, ensure_ascii=False))
    return None


def waits_for(call: ToolCall, reply: Reply) -> bool:
    """Whether the answer can only be given once it is known what came of the call."""
    return call.name == BOOK and reply.state.booking is not None and reply.state.booking.stage == "done"


def result_of(question: Question, call: ToolCall) -> str | None:
    """The status of this very call in this turn; None while it has not been made."""
    mine = (each.result for each in reversed(question.exchanges) if each.call == call)
    return next((status for result in mine if (status := _status(result)) != "carried"), None)


def person_told(question: Question) -> bool:
    """Whether a person was told in this turn, whoever called."""
    return any(each.call.name == HAND_OVER and _status(each.result) == "person_told" for each in question.exchanges)


class Outcomes:
    """Answers once it is known what came of a call, in one language."""

    def __init__(self, knowledge: Knowledge, language: str) -> None:
        self._knowledge = knowledge
        self._say = Phrases(knowledge, language)
        self._talk = BookingTalk(knowledge, self._say, Offers(knowledge, self._say))

    def after(self, call: ToolCall, status: str, before: DialogueState, reply: Reply) -> Reply:
        """The answer, or what is added to one that was begun before the call."""
        if call.name == HAND_OVER:
            text = "" if status == "person_told" else self._sorry("person_not_told")
            return replace(reply, text=text)
        if not waits_for(call, reply):
            return replace(reply, text="" if status == "needs_confirmation" else self._sorry("booking_not_taken"))
        if status in ("requested", "requested_before"):
            return reply
        if status == "needs_confirmation" and before.booking is not None:  # a yes, but not a plain one
            text, booking = self._talk.go_on(before.booking)
            return Reply(text, reply.type, replace(reply.state, booking=booking, last_text=text))
        text = self._sorry("booking_not_taken")
        return Reply(text, "error", replace(reply.state, booking=before.booking, last_text=text))

    def told(self, reply: Reply) -> Reply:
        """An answer, and that a person has been told."""
        return replace(reply, text=f"{reply.text} {self._say('person_told')}")

    def _sorry(self, key: str) -> str:
        office = self._knowledge.business.phones.get("office")
        text = self._say(key)
        return f"{text} {self._say('office_phone', phone=office)}." if office else text


def _arguments(booking: Booking) -> str:
    days = {"arrival": booking.arrival, "departure": booking.departure}
    told = {
        "name": booking.name,
        **{name: day.isoformat() for name, day in days.items() if day is not None},
        "guests": booking.guests,
        **({"apartment": booking.lodging} if booking.lodging else {}),
    }
    return json.dumps(told, ensure_ascii=False)


def _status(result: str) -> str:
    return str(json.loads(result).get("status", ""))
