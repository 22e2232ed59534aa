"""A knowledge file, read and checked."""

import re
from pathlib import Path
from typing import Any, cast, get_args

from enterprise_stream.errors import KnowledgeError
from enterprise_stream.thinking.knowledge.business import NO_NODE, read_business
from enterprise_stream.thinking.knowledge.model import (
    SMALL_TALK,
    Fact,
    Feature,
    FollowUp,
    Knowledge,
    Lodging,
    Price,
    Season,
)
from enterprise_stream.thinking.knowledge.problems import Problem
from enterprise_stream.thinking.knowledge.reader import Reader
from enterprise_stream.thinking.knowledge.tree import Node, TreeError, read_tree
from enterprise_stream.thinking.ports import ResponseType

_TYPES = ("general", *(name for name in get_args(ResponseType) if name != "general"))
_FEW_WAYS = 3


def check_knowledge(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a knowledge file, in the order of its lines; empty when nothing is."""
    return _read(path)[1]


def load_knowledge(path: Path) -> Knowledge:
    """Read a knowledge file.

    Raises:
        KnowledgeError: it cannot be used; the message lists what to change, with line numbers.
    """
    knowledge, problems = _read(path)
    if knowledge is None:
        fatal = [str(problem) for problem in problems if problem.fatal]
        shown = "\n".join(f"  {line}" for line in fatal[:10])
        more = f"\n  and {len(fatal) - 10} more" if len(fatal) > 10 else ""
        raise KnowledgeError(f"The knowledge file {path.name} cannot be used:\n{shown}{more}")
    return knowledge


def _read(path: Path) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    try:
        root = read_tree(path)
    except TreeError as error:
        return None, error.problems
    reader = Reader()
    knowledge = _knowledge(reader, root)
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.line))
    return (None if any(problem.fatal for problem in problems) else knowledge), problems


def _knowledge(reader: Reader, root: Node) -> Knowledge:
    allowed = ("business", "prices", "lodgings", "facts", "small_talk")
    top = reader.group(root, "The file", allowed, ("business", "facts"))
    business = read_business(reader, top.get("business", NO_NODE))
    reader.placeholders = tuple(business.values())
    prices = reader.group(top.get("prices", NO_NODE), "'prices'", ("currency", "seasons"))
    seasons = tuple(_season(reader, node) for node in reader.items(prices.get("seasons"), "'seasons'"))
    lodgings = tuple(_lodging(reader, node) for node in reader.items(top.get("lodgings"), "'lodgings'"))
    nodes = reader.items(top.get("facts"), "'facts'")
    facts = tuple(_fact(reader, node) for node in nodes)
    _check_unique(reader, facts, nodes)
    talk = reader.group(top.get("small_talk", NO_NODE), "'small_talk'", SMALL_TALK)
    return Knowledge(
        business=business,
        lodgings=lodgings,
        facts=facts,
        currency=reader.text(prices["currency"], "'currency'") if "currency" in prices else "€",
        seasons=seasons,
        small_talk={name: reader.texts(node, f"small talk '{name}'") for name, node in talk.items()},
    )


def _season(reader: Reader, node: Node) -> Season:
    found = reader.group(node, "A season", ("name", "months", "change"), ("name", "months", "change"))
    change = found.get("change")
    text = reader.text(change, "'change'")
    match = re.fullmatch(r"([+-]\d{1,3}) ?%", text)
    if change is not None and text and match is None:
        wrong = f"'change' must be a percentage such as '+20 %' or '-10 %', and it is '{text}'."
        reader.problem(change.line, wrong, "not_a_percentage", value=text)
    months = [reader.number(month, "A month", 1, 12) for month in reader.items(found.get("months"), "'months'")]
    return Season(reader.texts(found.get("name"), "A season's name"), tuple(months), int(match[1]) if match else 0)


def _lodging(reader: Reader, node: Node) -> Lodging:
    required = ("id", "name", "bedrooms", "guests", "price")
    found = reader.group(node, "A lodging", (*required, "also", "called", "type", "features"), required)
    features = []
    for item in reader.items(found.get("features"), "'features'"):
        parts = reader.group(item, "A feature", ("words", "text"), ("words", "text"))
        words = reader.phrasings(parts.get("words"), "A feature's 'words'")
        features.append(Feature(words, reader.texts(parts.get("text"), "A feature's 'text'")))
    return Lodging(
        id=reader.text(found.get("id"), "'id'"),
        name=reader.text(found.get("name"), "'name'"),
        also=tuple(reader.text(item, "'also'") for item in reader.items(found.get("also"), "'also'")),
        bedrooms=reader.number(found.get("bedrooms"), "'bedrooms'", 0, 50),
        guests=reader.number(found.get("guests"), "'guests'", 1, 200),
        price=reader.number(found.get("price"), "'price'", 1, 100_000),
        type=cast("ResponseType", reader.choice(found.get("type"), "A lodging's 'type'", _TYPES)),
        features=tuple(features),
        called=reader.texts(found.get("called"), "A lodging's 'called'"),
    )


def _fact(reader: Reader, node: Node) -> Fact:
    required = ("id", "type", "ask", "answer")
    found = reader.group(node, "A fact", (*required, "words", "price", "follow_ups"), required)
    name = f"The fact '{found['id'].value}':" if "id" in found else "A fact:"
    ask = reader.phrasings(found.get("ask"), f"{name} 'ask'")
    for language, ways in ask.items():
        if 0 < len(ways) < _FEW_WAYS:
            few = (
                f"{name} has few ways to ask in '{language}' ({len(ways)}); {_FEW_WAYS} or more are found more surely."
            )
            reader.advise(node.line, few, "few_wordings")
    follow_ups = []
    for item in reader.items(found.get("follow_ups"), f"{name} 'follow_ups'"):
        parts = reader.group(item, f"{name} a follow-up", ("ask", "answer"), ("ask", "answer"))
        asked = reader.phrasings(parts.get("ask"), f"{name} a follow-up's 'ask'")
        follow_ups.append(FollowUp(asked, reader.texts(parts.get("answer"), f"{name} a follow-up's 'answer'")))
    return Fact(
        id=reader.text(found.get("id"), "'id'"),
        type=cast("ResponseType", reader.choice(found.get("type"), f"{name} 'type'", _TYPES)),
        ask=ask,
        answer=reader.texts(found.get("answer"), f"{name} 'answer'"),
        words=reader.phrasings(found.get("words"), f"{name} 'words'"),
        price=_price(reader, found["price"], name) if "price" in found else None,
        follow_ups=tuple(follow_ups),
    )


def _price(reader: Reader, node: Node, name: str) -> Price:
    found = reader.group(node, f"{name} 'price'", ("amount", "per"), ("amount", "per"))
    per: Any = reader.choice(found.get("per"), f"{name} 'per'", ("day", "person", "stay"))
    return Price(reader.number(found.get("amount"), f"{name} 'amount'", 0, 100_000), per)


def _check_unique(reader: Reader, facts: tuple[Fact, ...], nodes: tuple[Node, ...]) -> None:
    ids: dict[str, int] = {}
    asked: dict[str, tuple[str, int]] = {}
    for fact, node in zip(facts, nodes, strict=True):
        if fact.id in ids:
            two = f"Two facts are called '{fact.id}' (the other is on line {ids[fact.id]})."
            reader.problem(node.line, two, "same_id", value=fact.id, other=str(ids[fact.id]))
        ids[fact.id] = node.line
        for ways in fact.ask.values():
            for way in ways:
                other, line = asked.setdefault(way.casefold(), (fact.id, node.line))
                if other != fact.id:
                    two = f"'{way}' asks for '{fact.id}' and for '{other}' (line {line}); keep one."
                    reader.problem(node.line, two, "same_question", value=way, other=str(line))
