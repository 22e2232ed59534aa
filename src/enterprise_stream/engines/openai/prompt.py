"""The prompt: what a model is told of the business, the turn and the conversation. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from enterprise_stream.engines.openai.history import Window
from enterprise_stream.engines.openai.request import ChatMessage, Request, message
from enterprise_stream.engines.openai.wording import Wording, wording
from enterprise_stream.thinking.facts import FoundFact
from enterprise_stream.thinking.knowledge import Knowledge, Lodging
from enterprise_stream.thinking.ports import Message, Question, ToolExchange, ToolSpec

MOST_GUEST_CHARS = 2_000
"""Of a guest's turn; two minutes of speech have as many."""

MOST_RESULT_CHARS = 4_000
"""Of what a function returned."""

BRIEF_TOKENS = 80
"""Longest answer where money is nearly spent."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Characters that nobody hears or sees, and that may hide words from a reader."""


def stable_part(knowledge: Knowledge, persona: str, language: str, standing: Iterable[FoundFact] = ()) -> str:
    """What every turn of every guest of this language begins with, byte for byte, until the file changes."""
    say, business = wording(language), knowledge.business
    office = business.phones.get("office")
    hours = business.confirm_within_hours
    paragraphs = [
        say.who.format(persona=persona, business=business.name, place=business.place),
        say.invented if business.invented else "",
        say.style,
        "\n".join(
            (
                say.content,
                say.unknown_call.format(office=office) if office else say.unknown,
                say.bookings.format(within=say.within.format(hours=hours) if hours else ""),
            )
        ),
        say.rules,
        "\n".join(_sheet(knowledge, say, language)),
        _listed(say.standing, standing),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def late_part(question: Question, today: str, found: Iterable[FoundFact] = ()) -> str:
    """What holds for this turn only; nothing of it comes from the guest."""
    say = wording(question.language)
    own = question.language in ("es", "en")
    told = tuple(found)
    paragraphs = [
        _date(date.fromisoformat(today), say),
        "" if own else say.answer_in.format(language=question.language),
        _listed(say.found, (fact for fact in told if fact.sure)),
        _listed(say.near, (fact for fact in told if not fact.sure)),
        say.brief if question.brief else "",
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def request_for(question: Question, stable: str, late: str, window: Window, max_tokens: int) -> Request:
    """The request that a question makes.

    Args:
        question: what is asked.
        stable: see `stable_part`.
        late: see `late_part`.
        window: what of the conversation is told.
        max_tokens: longest answer, unless it is to be brief.
    """
    say = wording(question.language)
    earlier = [message("user", f"{say.earlier}\n{window.summary}")] if window.summary else []
    return Request(
        stable=stable,
        lines=(*earlier, *(message(line.role, _told(line)) for line in window.lines)),
        late=late,
        asked=heard(question.text),
        exchanges=tuple(each for exchange in question.exchanges for each in _exchanged(exchange)),
        said=question.said.strip(),
        go_on=say.go_on if question.said.strip() else "",
        tools=tuple(_tool(tool) for tool in question.tools),
        max_tokens=min(max_tokens, BRIEF_TOKENS) if question.brief else max_tokens,
    )


def summary_request(summary: str, lines: Iterable[Message], language: str, max_tokens: int) -> Request:
    """The request for a summary of `lines`, and of an earlier summary where there is one."""
    say = wording(language)
    told = [f"{'>' if line.role == 'user' else '<'} {_told(line)}" for line in lines]
    earlier = [f"{say.earlier}\n{summary}"] if summary else []
    return Request(stable=say.summarise, asked="\n".join((*earlier, *told)), max_tokens=max_tokens)


def heard(text: str) -> str:
    """A guest's words as they are told: cut, and without what nobody hears."""
    return _UNSEEN.sub("", text)[:MOST_GUEST_CHARS].strip() or "…"


def _told(line: Message) -> str:
    return heard(line.text) if line.role == "user" else line.text


def _sheet(knowledge: Knowledge, say: Wording, language: str) -> Iterator[str]:
    business = knowledge.business
    yield say.sheet.format(business=business.name)
    for use, number in business.phones.items():
        yield f"{say.phones.get(use, use)}: {number}."
    if business.office_hours is not None:
        start, end = business.office_hours
        yield say.hours.format(start=start, end=end)
    if knowledge.lodgings:
        yield say.lodgings
    for lodging in knowledge.lodgings:
        yield _lodging(lodging, knowledge, say, language)


def _lodging(lodging: Lodging, knowledge: Knowledge, say: Wording, language: str) -> str:
    if lodging.bedrooms == 0:
        rooms = say.studio
    else:
        rooms = say.bedroom if lodging.bedrooms == 1 else say.bedrooms.format(count=lodging.bedrooms)
    seasons = [
        say.seasons.format(
            name=season.name.get(language) or next(iter(season.name.values()), ""),
            price=f"{round(lodging.price * (100 + season.percent) / 100)} {knowledge.currency}",
        )
        for season in knowledge.seasons
    ]
    price = f"{lodging.price} {knowledge.currency}" + (f" ({', '.join(seasons)})" if seasons else "")
    texts = [feature.text.get(language) or next(iter(feature.text.values()), "") for feature in lodging.features]
    features = f"; {', '.join(texts)}" if texts else ""
    return say.lodging.format(name=lodging.name, rooms=rooms, guests=lodging.guests, price=price, features=features)


def _listed(title: str, facts: Iterable[FoundFact]) -> str:
    lines = [f"- {fact.text}" for fact in facts]
    return "\n".join((title, *lines)) if lines else ""


def _date(day: date, say: Wording) -> str:
    return say.date.format(
        weekday=say.weekdays[day.weekday()], day=day.day, month=say.months[day.month - 1], year=day.year
    )


def _tool(tool: ToolSpec) -> dict[str, object]:
    described = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": described}


def _exchanged(exchange: ToolExchange) -> tuple[ChatMessage, ChatMessage]:
    call = exchange.call
    made = {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
    return (
        {"role": "assistant", "content": None, "tool_calls": [made]},
        {"role": "tool", "content": exchange.result[:MOST_RESULT_CHARS], "tool_call_id": call.id},
    )
