"""Abbreviations, initials, acronyms, names of other languages, and signs that stand alone."""

import re
from collections.abc import Iterator

from enterprise_stream.speaking.number_words import english, spanish
from enterprise_stream.speaking.say_as.amounts import PER
from enterprise_stream.speaking.say_as.leftover import CAMEL, acronym, spell
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.rule import Around, Match, Rule, says
from enterprise_stream.speaking.say_as.tables import Tables

_DOTTED = r"(?:[^\W\d_]\.){2,6}(?!\w)"
_INITIAL = r"(?P<letter>[A-ZÁÉÍÓÚÑ])\.(?=\s+(?:[A-ZÁÉÍÓÚÑ]\.\s+)?[A-ZÁÉÍÓÚÑ][^\W\d_])"
_ROAD = r"(?P<road>AP|CV|EX|GR|MA|RM|SE|VA|[ABMNRVC])-(?P<number>\d{1,3})\b"

_ALSO_WORDS = frozenset(("ave.", "col.", "ft.", "gen.", "ing.", "lt.", "ms", "pol.", "prol.", "res."))
"""Titles that are words or units too, unless they begin with a capital and go on small ("AVE." is a train)."""

_FRACTIONS = frozenset(("½", "¼", "¾", "1/2", "1/4", "3/4", "1/3", "2/3"))
_PEOPLE = frozenset(("persona", "personas", "person", "guest", "reserva", "booking", "habitación", "room"))
"""What is itself counted for a night or a room, and not only counted by."""

_CAPITALS_ONLY = frozenset(("aa", "ac", "cp", "wc"))
_BEFORE_SAINT = frozenset(("in", "at", "to", "the", "of", "near", "from", "on", "and", "by", "is", "for", "with"))


class Short:
    """Rules for what is written short in a locale."""

    def __init__(self, locale: Locale, words: Tables) -> None:
        self._words = words
        self._spanish = locale.language == "es"

    def rules(self) -> Iterator[Rule]:
        """The longest first."""
        if self._spanish:
            yield Rule(re.compile(r"p\.\s?ej\.|p\.\s?e\.", re.IGNORECASE), says("por ejemplo"), title=True)
            yield Rule(re.compile(r"EE\.?\s?UU\.?"), says("Estados Unidos"))
            yield Rule(re.compile(r"c/(?P<name>[^\W\d_]{2,40})", re.IGNORECASE), self._calle)
            yield Rule(re.compile(r"y/o\b"), says("y o"))
            yield Rule(re.compile(r"s\.(?=\s+[IVX]+\b)"), says("siglo"), title=True)
            yield Rule(re.compile(r"ss\.(?=\s+[IVX]+\b)"), says("siglos"), title=True)
            yield Rule(re.compile(r"a\.\s?C\.(?!\w)"), says("antes de Cristo"))
            yield Rule(re.compile(r"d\.\s?C\.(?!\w)"), says("después de Cristo"))
        else:
            yield Rule(re.compile(r"and/or\b"), says("and or"))
            yield Rule(re.compile(r"St\.(?=\s+[A-Z])"), self._saint, title=True)
            yield Rule(re.compile(r"(?:St|Dr)(?:\.(?=[,;!?)]|\s*$|\s+[^A-Z])|(?=[,;!?)]|\s*$))"), self._street)
            yield Rule(
                re.compile(r"(?P<side>[NSEW])\.(?=\s+(?:\d|[A-Z][a-z]+\s+(?:St|Ave|Rd|Blvd|Street|Avenue)))"),
                self._side,
            )
        yield Rule(re.compile(_ROAD), self._road)
        yield Rule(re.compile(r"[^\s,;:!?…)]{1,14}"), self._title, title=True)
        yield Rule(re.compile(_INITIAL), self._initial, title=True)
        yield Rule(re.compile(r"[^\s,;:!?…)]{1,14}"), self._known)
        yield Rule(re.compile(r"[^\s,;:!?…).]{1,14}"), self._known)
        pair = r"(?P<one>[^\s/]{1,14})/(?P<two>[^\s,;:!?…)/]{1,14})"
        yield Rule(re.compile(pair), self._either_title, title=True)
        yield Rule(re.compile(pair), self._either)
        if self._spanish:
            people = r"(?P<stem>[^\W\d_]{2,20}?)(?P<end>ores|or|os|o)(?:/(?P<she>as|a)\b|\((?P<hers>as|a)\))"
            yield Rule(re.compile(people), self._he_and_she)
        yield Rule(re.compile(rf"(?P<what>[^\W\d_]{{2,20}})/(?P<per>{PER})(?!\w)"), self._each)
        yield Rule(re.compile(_DOTTED), self._dotted)
        yield Rule(re.compile(r"[@](?P<name>[\w.]{1,40}\w)"), self._handle)
        yield Rule(re.compile(r"#(?P<name>[^\W\d_]\w{0,40})"), self._hashtag)

    def _calle(self, match: Match, around: Around) -> str:
        del around
        return f"calle {match['name']}"

    def _either_title(self, match: Match, around: Around) -> str | None:
        """Two titles of which either may be meant: "Sr./Sra. García"."""
        forms = [match["one"].lower(), match["two"].lower()]
        titles = [self._words.titles.get(form) or self._words.titles.get(f"{form}.") for form in forms]
        return f"{titles[0]} {self._words.either} {titles[1]}" if all(titles) and around.after else None

    def _either(self, match: Match, around: Around) -> str | None:
        """Two words of which one at least is not said as it is written: "check-in/check-out"."""
        del around
        words, forms = self._words, match.groups()
        known = [
            words.short.get(form.lower()) or words.respelt.get(form.lower()) or acronym(form, words) for form in forms
        ]
        return " ".join(said or form for said, form in zip(known, forms, strict=True)) if any(known) else None

    def _he_and_she(self, match: Match, around: Around) -> str | None:
        """Guests of both kinds: "niños/as" are "niños y niñas", "bienvenido(a)" is "bienvenido o bienvenida"."""
        del around
        stem, end, she = match["stem"], match["end"], match["she"] or match["hers"]
        if end.endswith("s") != she.endswith("s"):
            return None
        hers = stem.lower() + {"ores": "or", "or": "or"}.get(end, "") + she
        return f"{stem}{end} {self._words.both if end.endswith('s') else self._words.either} {hers}"

    def _each(self, match: Match, around: Around) -> str | None:
        """What is counted for every one of something else: "2 toallas/persona"."""
        del around
        per = match["per"]
        if re.fullmatch(PER, match["what"]) and match["what"] not in _PEOPLE:
            return None
        unit = self._words.units.get(per, ("", ""))[0] or self._words.short.get(per, per)
        return f"{match['what']} {self._words.per} {unit}"

    def _hashtag(self, match: Match, around: Around) -> str:
        del around
        return CAMEL.sub(" ", str(match["name"]).replace("_", " "))

    def _title(self, match: Match, around: Around) -> str | None:
        """A short form before the name that it belongs to."""
        written, after = match[0], around.after
        said = self._words.titles.get(written.lower())
        if said is None or not after or (written.lower() == "pl." and after[0].isdigit()):  # "pl. 3" is a floor
            return None
        if written.lower() == "prof." and not after[0].isalpha():  # how deep, and no professor
            return None
        if len(written.rstrip(".")) == 1:
            return said if written[0].isupper() and after[0].isupper() else None
        return None if written.lower() in _ALSO_WORDS and not written.istitle() else said

    def _known(self, match: Match, around: Around) -> str | None:
        written = match[0]
        lower = written.lower()
        if written in self._words.units and written.isalpha() and len(written) > 1:
            one, many = self._words.units[written]
            return one if around.after[:1].isdigit() or around.before in _FRACTIONS else many
        if self._spanish and lower == "km." and around.after[:1].isdigit():
            return "kilómetro"
        if lower in _CAPITALS_ONLY and not written.isupper():
            return None
        return self._words.short.get(lower) or self._words.respelt.get(lower) or acronym(written, self._words)

    def _dotted(self, match: Match, around: Around) -> str | None:
        del around
        letters = match[0].replace(".", "")
        return spell(letters, self._words)

    def _initial(self, match: Match, around: Around) -> str | None:
        if not self._spanish and around.before in ("a", "p"):
            return None  # "nine A M. The pool"
        return self._words.letters.get(match["letter"], match["letter"])

    def _road(self, match: Match, around: Around) -> str | None:
        del around
        number = int(match["number"])
        return f"{spell(match['road'], self._words)} {spanish(number) if self._spanish else english(number)}"

    def _handle(self, match: Match, around: Around) -> str | None:
        del around
        dotted = match["name"].replace(".", f" {self._words.dot} ").replace("_", f" {self._words.underscore} ")
        return None if any(c.isdigit() for c in dotted) else f"{self._words.at} {dotted}"

    def _saint(self, match: Match, around: Around) -> str | None:
        """St. before a name is a saint, after one a street."""
        del match
        return "saint" if not around.before.isalpha() or around.before in _BEFORE_SAINT else "street"

    def _street(self, match: Match, around: Around) -> str | None:
        if not around.before.isalnum():
            return None
        return "street" if match[0].startswith("St") else "drive"

    def _side(self, match: Match, around: Around) -> str | None:
        del around
        return {"N": "north", "S": "south", "E": "east", "W": "west"}[match["side"]]
