"""One turn of the conversation: what the guest wants, and the answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from enterprise_stream.engines.retrieval import lexicon as lex
from enterprise_stream.engines.retrieval.booking import BookingTalk, fill, not_past
from enterprise_stream.engines.retrieval.dates import Stay
from enterprise_stream.engines.retrieval.embedder import Vectors
from enterprise_stream.engines.retrieval.hear import Heard, hear
from enterprise_stream.engines.retrieval.index import Index, subject_of
from enterprise_stream.engines.retrieval.offers import Offers
from enterprise_stream.engines.retrieval.phrases import Phrases
from enterprise_stream.engines.retrieval.resolve import LODGING_TOPICS, Finding, Resolver
from enterprise_stream.engines.retrieval.slots import corrected_name, name_in
from enterprise_stream.engines.retrieval.state import Booking, DialogueState, Reply
from enterprise_stream.engines.retrieval.text import fold, lowered, segments
from enterprise_stream.thinking.language_switch import requested_language
from enterprise_stream.thinking.ports import ResponseType

_MOST_ANSWERS = 2
_MOST_SEGMENTS = 4


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer under way: its intents, its text, and the state that it leaves."""

    intents: tuple[str, ...]
    text: str
    type: ResponseType
    state: DialogueState


class Dialogue:
    """Answers turns from one knowledge file, in one language; holds nothing of any conversation."""

    def __init__(self, index: Index, language: str, embed: Callable[[str], Vectors]) -> None:
        self._index = index
        self._knowledge = index.knowledge
        self._say = Phrases(index.knowledge, language)
        offers = Offers(index.knowledge, self._say)
        self._resolver = Resolver(index, self._say, offers, embed)
        self._booking = BookingTalk(index.knowledge, self._say, offers)

    def reply(self, text: str, state: DialogueState, today: date) -> Reply:
        """Answer one turn."""
        booking = state.booking if state.booking is not None and state.booking.stage != "done" else None
        month = None
        if booking is not None:
            month = booking.month or (booking.arrival.month if booking.arrival else None)
        heard = self._hear(text, today, month, booking.asked if booking else None)
        said = (
            self._outside_the_facts(heard, state)
            or self._answer_to_pending(heard, state)
            or (self._in_booking(heard, booking, state, today) if booking is not None else None)
            or self._reopened(heard, state, today)
            or self._small_talk(heard, state)
            or self._from_the_facts(heard, state, today)
        )
        misses = state.misses + 1 if said.intents == ("not_understood",) else 0
        after = replace(said.state, intents=said.intents, misses=misses, last_text=said.text, last_type=said.type)
        return Reply(said.text, said.type, after)

    def _hear(self, text: str, today: date, month: int | None = None, asked: str | None = None) -> Heard:
        return hear(text, self._say.language, self._knowledge, today, month, asked)

    def _outside_the_facts(self, heard: Heard, state: DialogueState) -> _Said | None:
        """Nothing said, another language, out of the role, or once more."""
        if not re.search(r"[a-zñ0-9]", heard.words) or lex.FILLER.match(heard.words):
            return self._not_understood(state)
        wanted = requested_language(heard.text)
        if wanted is not None:
            known = wanted in self._knowledge.business.languages
            return self._plain("language" if known else "language_other", state, intent="language")
        if lex.REFUSE.search(heard.words):
            return self._plain("refusal", state)
        short = len(heard.words.split()) <= 12 and not heard.lodgings
        if short and lex.REPEAT.search(heard.words) and not lex.REPEAT_NOT.search(heard.words):
            if not state.last_text:
                return self._plain("nothing_said", state, intent="repeat")
            return _Said(("repeat",), state.last_text, state.last_type, state)
        return None

    def _not_understood(self, state: DialogueState) -> _Said:
        key = "not_understood" if state.misses == 0 else "not_understood_again"
        return _Said(("not_understood",), self._say(key), "error", state)

    def _plain(self, key: str, state: DialogueState, *, intent: str = "", kind: ResponseType = "general") -> _Said:
        return _Said((intent or key,), self._say(key), kind, state)

    def _answer_to_pending(self, heard: Heard, state: DialogueState) -> _Said | None:
        rest = replace(state, pending=None)
        if state.pending == "broken" and heard.lodgings and not lex.QUESTION.search(heard.words):
            lodging = self._knowledge.lodging(heard.lodgings[0])
            text = self._say("broken_noted", lodging=self._say.called(lodging) if lodging else "")
            return _Said(("broken",), text, "support", replace(rest, lodging=heard.lodgings[0]))
        if state.pending != "office":
            return None
        if lex.YES.match(heard.words) and lex.YES_HEAD.search(heard.words):
            return _Said(("ask_office",), self._office(), "support", rest)
        if lex.NO_ONLY.match(heard.words) and lex.NO.match(heard.words):
            return _Said(("declined",), self._say("no_what"), "general", rest)
        return None

    def _office(self) -> str:
        business = self._knowledge.business
        text = self._say("ask_office")
        if "office" in business.phones:
            text += " " + self._say("office_phone", phone=business.phones["office"])
            if business.office_hours is not None:
                start, end = business.office_hours
                text += self._say("office_hours", start=start, end=end)
            text += "."
        return text

    def _small_talk(self, heard: Heard, state: DialogueState) -> _Said | None:
        words = heard.words
        if lex.ARE_YOU_AI.search(words):
            return self._plain("are_you_ai", state)
        if heard.lodgings or heard.guests or lex.BROKEN.search(words) or lex.BOOK.search(words):
            return None
        kinds: tuple[tuple[str, re.Pattern[str], ResponseType], ...] = (
            ("who_are_you", lex.WHO, "general"),
            ("how_are_you", lex.HOW_ARE_YOU, "general"),
            ("goodbye", lex.GOODBYE, "general"),
            ("thanks", lex.THANKS, "general"),
            ("greeting", lex.GREETING, "welcome"),
        )
        for key, pattern, kind in kinds:
            if pattern.search(words) and self._only_talk(heard, key, pattern):
                return self._plain(key, state, kind=kind)
        if lex.YES.match(words) or lex.NO_ONLY.match(words):
            key = "no_what" if lex.NO.match(words) else "yes_what"
            return self._plain(key, replace(state, pending=None), intent="acknowledged")
        return None

    def _only_talk(self, heard: Heard, key: str, pattern: re.Pattern[str]) -> bool:
        """Whether nothing is left to answer besides the greeting, the thanks or the like."""
        persona = fold(self._knowledge.business.persona)
        rest = pattern.sub(" ", heard.words).replace(persona, " ")
        rest = lex.GREETING.sub(" ", lex.THANKS.sub(" ", lex.GOODBYE.sub(" ", rest))).strip()
        if key in ("who_are_you", "how_are_you"):
            return not self._subject(rest)
        asks = lex.PLACE.search(rest) or lex.QUESTION.search(rest) or "?" in heard.text
        if asks or (key == "greeting" and self._index.knows(rest)):
            return False
        return not self._subject(rest) or len(heard.words.split()) <= 5

    def _subject(self, words: str) -> list[str]:
        return subject_of(words, self._index.lodging_words)

    def _in_booking(self, heard: Heard, booking: Booking, state: DialogueState, today: date) -> _Said | None:
        asks = lex.QUESTION.search(heard.words) is not None or "?" in heard.text
        if lex.STOP_BOOKING.search(heard.words) and not asks:
            done = replace(state, booking=None)
            return self._plain("booking_cancelled", done)
        filled = not_past(fill(booking, heard), today)
        if filled == booking and booking.name is not None and not lex.NO_ONLY.match(heard.words):
            filled = replace(booking, name=corrected_name(heard.text) or booking.name)
        changed = filled != booking
        if booking.stage == "confirming" and not changed and not asks:
            if lex.NO.match(heard.words):
                text, booking = self._booking.change(booking)
                return self._book(text, booking, state)
            if lex.YES_HEAD.search(heard.words):
                text, booking = self._booking.confirm(booking)
                return self._book(text, booking, state)
        side = self._side_question(heard, asks, changed, state)
        if side is not None:
            question, kept = self._booking.go_on(booking if asks else filled)
            text = f"{self._say('booking_back')} {lowered(question)}"
            kept = replace(kept, stage=booking.stage) if booking.stage == "confirming" and asks else kept
            return replace(side, text=f"{side.text} {text}", state=replace(side.state, booking=kept))
        if changed:
            text, filled = self._booking.go_on(filled, self._booking.noted("booking_ack", booking, filled))
            return self._book(text, filled, state)
        talk = self._small_talk(heard, state)
        if talk is None and booking.name is None and len(heard.words.split()) <= 3:
            named = name_in(heard.text, expected=True)
            if named is not None and not self._index.knows(heard.words):
                text, booking = self._booking.go_on(replace(booking, name=named), self._say("booking_ack"))
                return self._book(text, booking, state)
        known = heard.stay or heard.guests or heard.lodgings or heard.name or lex.BOOK.search(heard.words)
        opening = self._say("booking_ack") if talk is not None or known else self._sorry()
        text, booking = self._booking.go_on(booking, opening)
        return self._book(text, booking, state)

    def _sorry(self) -> str:
        return re.split(r"(?<=[.!?]) ", self._say("not_understood"))[0]

    def _side_question(self, heard: Heard, asks: bool, changed: bool, state: DialogueState) -> _Said | None:
        """The answer to a question that is not about the booking, asked while it is taken."""
        outside = _as_price_question(state) if asks else replace(state, topic=None)
        findings = self._findings(heard, outside)
        keep = [each for each in findings if asks or self._knowledge.fact(each.intent) is not None]
        if not asks:
            keep = [each for each in keep if each.by_word]
        elif changed and any(each.intent == "capacity" for each in keep):
            keep = []
        if keep:
            return self._combined(keep[:_MOST_ANSWERS], state)
        return self._unknown(state) if asks and not changed and self._subject(heard.words) else None

    def _book(self, text: str, booking: Booking, state: DialogueState) -> _Said:
        after = replace(state, booking=booking, topic="booking", lodging=booking.lodging or state.lodging, pending=None)
        return _Said(("booking",), text, "general", after)

    def _reopened(self, heard: Heard, state: DialogueState, today: date) -> _Said | None:
        """A correction of a booking that was noted already."""
        booking = state.booking
        if booking is None or booking.stage != "done" or state.topic != "booking" or not lex.NO.match(heard.words):
            return None
        filled = not_past(fill(booking, heard), today)
        if filled == booking:
            return None
        text, filled = self._booking.go_on(filled, self._say("booking_ack"))
        return self._book(text, filled, state)

    def _from_the_facts(self, heard: Heard, state: DialogueState, today: date) -> _Said:
        if self._wants_to_book(heard):
            start = Booking(lodging=self._talked_about(heard, state), guests=state.guests)
            if state.topic in LODGING_TOPICS and state.stay.arrival is not None:
                start = replace(start, arrival=state.stay.arrival, departure=state.stay.departure)
            filled = not_past(fill(start, heard), today)
            text, filled = self._booking.go_on(filled, self._booking.noted("booking_start", Booking(), filled))
            return self._book(text, filled, state)
        findings = self._findings(heard, state)
        if findings:
            return self._combined(findings[:_MOST_ANSWERS], state)
        return self._unknown(state)

    @staticmethod
    def _wants_to_book(heard: Heard) -> bool:
        asks = lex.QUESTION.search(heard.words) is not None or "?" in heard.text
        says = lex.BOOK.search(heard.words) or (not asks and lex.BOOK_ANY.search(heard.words))
        return bool(says) and not lex.BOOK_NOT.search(heard.words)

    def _talked_about(self, heard: Heard, state: DialogueState) -> str | None:
        return None if heard.lodgings else state.lodging

    def _unknown(self, state: DialogueState) -> _Said:
        return _Said(("unknown",), self._say("unknown"), "general", replace(state, pending="office", topic=None))

    def _findings(self, heard: Heard, state: DialogueState) -> list[Finding]:
        parts = segments(heard.text)[:_MOST_SEGMENTS]
        found: list[Finding] = []
        if len(parts) > 1 and not (heard.guests and not self._subject(heard.words)):
            for part in parts:
                piece = self._piece(part, heard)
                finding = self._resolver.resolve(piece, heard, state) if piece is not None else None
                if finding is not None and all(each.intent != finding.intent for each in found):
                    found.append(finding)
        if found:
            return found
        whole = self._resolver.resolve(heard, heard, state)
        if whole is None:
            return []
        with_it = lex.PRICE.search(heard.words) and heard.lodgings and lex.WITH.search(heard.words)
        price = self._resolver.price(heard) if with_it and self._knowledge.fact(whole.intent) is not None else None
        return [price, whole] if price is not None else [whole]

    def _piece(self, part: str, whole: Heard) -> Heard | None:
        """One question of an utterance; None when it is only a greeting or the like."""
        piece = self._hear(part, date.min)
        rest = lex.GREETING.sub(" ", lex.THANKS.sub(" ", piece.words))
        if not rest.strip() or (len(rest.split()) <= 2 and not self._subject(rest) and not piece.lodgings):
            return None
        same_dates = bool(piece.stay) and bool(whole.stay)
        return replace(piece, stay=whole.stay if same_dates else Stay())

    def _combined(self, findings: list[Finding], state: DialogueState) -> _Said:
        last = findings[-1]
        types = [finding.type for finding in findings]
        kind: ResponseType = "support" if "support" in types else types[0]
        lodging = next((finding.lodging for finding in reversed(findings) if finding.lodging), None)
        broken = any(finding.intent == "broken" and finding.lodging is None for finding in findings)
        stay = last.stay if last.stay is not None else state.stay if last.intent not in LODGING_TOPICS else Stay()
        after = replace(
            state,
            topic=last.intent,
            lodging=lodging or state.lodging,
            stay=stay,
            guests=last.guests or state.guests,
            pending="broken" if broken else None,
        )
        text = " ".join(finding.text for finding in findings)
        return _Said(tuple(finding.intent for finding in findings), text, kind, after)


def _as_price_question(state: DialogueState) -> DialogueState:
    """The state in which a guest who books asks what that costs."""
    booking = state.booking
    if booking is None or state.topic != "booking":
        return state
    nights = (booking.departure - booking.arrival).days if booking.arrival and booking.departure else booking.nights
    stay = Stay(booking.arrival, booking.departure, nights, booking.month)
    return replace(state, topic="price", lodging=booking.lodging or state.lodging, stay=stay, guests=booking.guests)
