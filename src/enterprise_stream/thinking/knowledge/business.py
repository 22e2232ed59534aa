"""The `business` group of a knowledge file: who answers, and what a guest is told about that."""

import re

from enterprise_stream.thinking.knowledge.model import Business, Contact, Privacy
from enterprise_stream.thinking.knowledge.reader import LANGUAGES, Reader
from enterprise_stream.thinking.knowledge.tree import Node

NO_NODE = Node(0, {})
"""Stands for a group that the file does not have."""

_OPTIONAL = (
    *("invented", "place", "voice", "phones", "office_hours", "confirm_within_hours"),
    *("contact", "privacy", "examples"),
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"\+?[\d ()-]{6,24}")


def read_business(reader: Reader, node: Node) -> Business:
    """Who answers; sets the languages and the placeholders of all that is read after it."""
    required = ("name", "persona", "languages", "disclosure")
    found = reader.group(node, "'business'", (*required, *_OPTIONAL), required if node is not NO_NODE else ())
    listed = reader.items(found.get("languages"), "'languages'")
    spoken = [reader.choice(item, "A language", LANGUAGES) for item in listed]
    reader.languages = tuple(dict.fromkeys(spoken)) or LANGUAGES
    reader.placeholders = ("business", "persona", "place")
    numbers = reader.group(found.get("phones", NO_NODE), "'phones'", ("office", "emergency"))
    phones = {name: reader.text(number, f"The phone '{name}'") for name, number in numbers.items()}
    confirm = found.get("confirm_within_hours")
    return Business(
        name=reader.text(found.get("name"), "'name'"),
        invented=reader.choice(found.get("invented"), "'invented'", ("false", "true")) == "true",
        place=reader.text(found.get("place"), "'place'"),
        persona=reader.text(found.get("persona"), "'persona'"),
        voice=reader.text(found.get("voice"), "'voice'"),
        languages=reader.languages,
        disclosure=reader.texts(found.get("disclosure"), "'disclosure'", also=("kept",)),
        phones=phones,
        office_hours=_hours(reader, found.get("office_hours")),
        confirm_within_hours=reader.number(confirm, "'confirm_within_hours'", 1, 168) if confirm else None,
        contact=_contact(reader, found.get("contact", NO_NODE), phones.get("office", "")),
        privacy=_privacy(reader, found.get("privacy", NO_NODE)),
        examples=reader.phrasings(found.get("examples"), "'examples'"),
    )


def _hours(reader: Reader, node: Node | None) -> tuple[str, str] | None:
    if node is None:
        return None
    times = reader.group(node, "'office_hours'", ("from", "to"), ("from", "to"))
    for name, time in times.items():
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", reader.text(time, f"'office_hours' '{name}'")):
            reader.problem(
                time.line, f"'office_hours' '{name}' must be a time such as \"9:00\", between quotes.", "not_a_time"
            )
    return (str(times["from"].value), str(times["to"].value)) if len(times) == 2 else None


def _contact(reader: Reader, node: Node, office: str) -> Contact:
    """The office's telephone is a guest's way to a person unless another is named."""
    found = reader.group(node, "'contact'", ("phone", "whatsapp", "email", "address"))
    texts = {name: reader.text(part, f"The contact's '{name}'") for name, part in found.items()}
    if "email" in texts and not _EMAIL.fullmatch(texts["email"]):
        wrong = "The contact's 'email' must be an address such as 'hello@example.com'."
        reader.problem(found["email"].line, wrong, "not_an_email")
    for name in ("phone", "whatsapp"):
        if name in texts and not _NUMBER.fullmatch(texts[name]):
            wrong = f"The contact's '{name}' must be a number such as '+34 960 000 100'."
            reader.problem(found[name].line, wrong, "not_a_telephone")
    return Contact(**{"phone": office, **texts})


def _privacy(reader: Reader, node: Node) -> Privacy:
    found = reader.group(node, "'privacy'", ("url", "text"))
    url = reader.text(found.get("url"), "The privacy notice's 'url'")
    if url and not url.startswith("https://"):
        reader.problem(found["url"].line, "The privacy notice's 'url' must begin with 'https://'.", "not_https")
    return Privacy(url, reader.texts(found.get("text"), "The privacy notice's 'text'"))
