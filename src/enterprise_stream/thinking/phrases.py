"""From a stream of text to clauses that a voice can say: the first one short, so that she begins early.

Where a text is cut depends on the text alone, never on how it came in pieces: a place is decided once enough of what
follows it is known, in order, and what is decided stays. A clause is never cut inside a number, a time, an abbreviation
or a piece of markup, since what it is read as depends on all of it.
"""

import re

FIRST_MIN_CHARS = 4
"""Shortest first clause; "Sí," alone would sound clipped."""

CLAUSE_MIN_CHARS = 48
"""A comma ends a later clause only after this much, so that the melody of a sentence stays whole."""

CLAUSE_MAX_CHARS = 240
"""A clause without punctuation is cut at a blank after this much."""

LONGEST_CHARS = 390
"""A clause that is one word, link or block of code may be this long; the voice takes 400."""

_FENCE = "```"
_CODE = re.compile(r"```.*?```", re.DOTALL)
_MARKUP = (
    # What opens it, what it is as a whole, and how far it may reach.
    (
        re.compile(r"!?\["),
        re.compile(r"!?\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\]|(?=[^(\[]))"),
        300,
    ),
    (re.compile(r"<[A-Za-z/!]"), re.compile(r"<[^<>\n]*>"), 300),
    (re.compile(r"`"), re.compile(r"`[^`\n]*`"), 120),
    (re.compile(r"(?<!\w)\*\*[^\s*]"), re.compile(r"\*\*[^\n]*?[^\s*]\*\*"), 160),
    (re.compile(r"(?<!\w)__[^\s_]"), re.compile(r"__[^\n]*?[^\s_]__"), 160),
    (re.compile(r"(?<!\w)\*[^\s*]"), re.compile(r"\*[^*\n]*[^\s*]\*"), 120),
    (re.compile(r"(?<!\w)_[^\s_]"), re.compile(r"_[^_\n]*[^\s_]_"), 120),
    (re.compile(r"~~\S"), re.compile(r"~~[^\n]*?~~"), 160),
)
_STOP = re.compile(r"(?P<code>```)|(?P<open>!?\[|[<`]|\*\*?|__?|~~)|(?P<sentence>[.!?…]+)[\"»”’)]*(?=\s)|(?P<line>\n)|"
                   r"(?P<comma>[,;:—])[\"»”’)]*(?=\s)")  # fmt: skip
_INNER_STOP = re.compile(r"(?:(?P<sentence>[.!?…]+)|(?P<comma>[,;:]))[\"»”’)]*[*_~`]+")
_GOES_ON_WITH = frozenset("(,;:€$£%&+/")
_LOOK_BACK = 14
"""Characters before a full stop that say what it belongs to."""

_ALWAYS_GOES_ON = re.compile(
    r"(?:^|[\s(¿¡\"«*_/])(?:Sra?|Srta|Sres|Sras|Dra?|Dres|Dña|Profa?|Ing|Lic|Arq|Avda?|Av|Ave|Pza|Plza|Ctra|Blvd|Gral|Sta|Sto|Pl|Hnos|Ptge|"
    r"Cra|Bv|Avd|Urb|Edif|Res|approx|aprox|EE|Pje|Cmno|Glta|Rda|Trav|Tva|Fracc|Ntra|Excm[oa]|Ilmo|Calz|Prol|Cda|M[rs]|Mrs|Rev|Capt|Gen|Sgt|Hon|Messrs|Mt|Lt|Hno|Col|Pol|Fco|"
    r"e\.g|i\.e|eg|ie|p\.\s?ej|vs|D|C)\.$",
    re.IGNORECASE,
)
"""Short forms that a word always follows."""

_MAY_END = re.compile(
    r"(?:^|[\s(¿¡\"«*_\d–-])(?:(?:[^\W\d_]\.){1,4}[^\W\d_]|(?:EE|UU)|núms?|n|no|nos|tel|teléf|tfno|tlf|tfn|móv|aprox|máx|max|mín|min|mins|"
    r"habs?|dorm|pers|etc|ej|ud|uds|vd|vds|págs?|pgs?|pp|p|esq|dcha?|der|izq|izq?da|esc|pta|pl|apto|apdo|apts?|d[ep]?pto|dto|dcto|desc|"
    r"incl?|excl|imp|ref|obs|urb|edif|ed|blq?|prov|ext|mz|lt|edo|km|kms|kg|mts?|gr|cm|lts?|seg|h|hs|hrs?|cía|hnos|fdo|atte|vol|cap|"
    r"art|tít|adm|admón|ene|feb|mar|abr|may|jun|jul|ago|sept?|set|oct|nov|dic|jan|apr|aug|dec|lun|mié|miér|jue|vie|sáb|dom|"
    r"mon|tues?|weds?|thu|thurs?|fri|sat|sun|st|rd|ln|hwy|sq|ft|in|lbs?|oz|dept|bldg|flr?|jr|sr|co|ltd|corp|est|deg|temp|opp|nr|"
    r"govt|intl|bco|aeropto|EE\.UU|pkwy|ct|dbl|sgl|bdrm|ph|calef|acond|parc|cel|prof|\w)\.$|\d(?:er|r[oa]|d[oa]|t[oa]|m[oa]|v[oa]|n[oa])\.$",
    re.IGNORECASE,
)
"""Short forms that end a sentence only when a new one follows."""

_SAINT = re.compile(r"(?:^|(?:^|\s)(?:in|at|to|the|of|near|from|on|and|by|is|for|with)\s)St\.$")
"""A saint and no street: "the church of St. Mary's"."""

_CENTURY = re.compile(r"(?:^|\s)ss?\.$")
_BEFORE_CHRIST = re.compile(r"\s[ad]\.$")
_TELLS_CODE = re.compile(
    r"\b(?:código|pin|clave|contraseña|localizador|referencia|cp|postal|reserva|password|expediente|extensión|ext|vuelo|"
    r"dni|matrícula|code|passcode|reference|booking|zip|postcode|extension|confirmation|passport|flight)\b",
    re.IGNORECASE,
)
"""Words after which a number is told digit by digit, so that no colon parts them from it."""

_LIST_MARKER = re.compile(r"(?:^|\n)\s*\d{1,2}\.$")
_INITIAL = re.compile(r"(?:^|[\s(¿¡\"«*_.])[A-ZÁÉÍÓÚÑ]\.$")
_INSIDE_NUMBER = re.compile(r"\d\s[\d€$£%]|\b[ap]\.\sm")


class PhraseSplitter:
    """Takes text as it is made and gives back the clauses that are whole.

    Their texts, joined, are the text, but for blanks at its end. A block of code that is longer than `LONGEST_CHARS` is
    given in parts, each opened by its fence again, so that whoever reads a part knows that it is code.
    """

    def __init__(self) -> None:
        self._clause = _Clause("", FIRST_MIN_CHARS)

    def feed(self, text: str) -> list[str]:
        """Add text; returns the clauses that it completes."""
        self._clause.text += text
        return self._take(final=False)

    def flush(self) -> list[str]:
        """The rest, once no text follows."""
        clauses = self._take(final=True)
        rest, self._clause = self._clause.text, _Clause("", CLAUSE_MIN_CHARS if clauses else self._clause.least)
        return [*clauses, rest] if rest.strip() else clauses

    def _take(self, *, final: bool) -> list[str]:
        clauses = []
        while (end := self._clause.end(final=final)) is not None:
            text = self._clause.text
            clause, rest = text[:end], text[end:]
            cut_code = clause.lstrip().startswith(_FENCE) and not _CODE.match(clause.lstrip())
            self._clause = _Clause(_FENCE + rest if cut_code else rest, CLAUSE_MIN_CHARS)
            clauses.append(clause)
        return clauses


class _Undecided(Exception):  # noqa: N818 - no error: what follows must be known first
    """More text is needed."""


class _Clause:
    """The text from the last cut on, and how far it has been looked through for the next one.

    Attributes:
        text: what is known so far; it only ever grows.
        least: characters before a comma that may end the clause.
    """

    def __init__(self, text: str, least: int) -> None:
        self.text = text
        self.least = least
        self._final = False
        self._position = 0
        self._markup: list[tuple[int, int]] = []

    def end(self, *, final: bool) -> int | None:
        """Where the clause ends; None while that is not known, or nothing is left to say."""
        self._final = final
        try:
            return self._end() if self._begins < len(self.text) else None
        except _Undecided:
            return None

    @property
    def _begins(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    def _end(self) -> int | None:
        begins = self._begins
        if self.text.startswith(_FENCE, begins):
            return self._code_end()
        self._position = max(self._position, begins)
        while (stop := _STOP.search(self.text, self._position)) is not None and stop.start() <= CLAUSE_MAX_CHARS:
            if stop["code"]:
                return stop.start()
            closed = self._markup_end(stop.start()) if stop["open"] else None
            if closed is not None:
                ends = self._ends_after_markup(stop.start(), closed)
                self._markup.append((stop.start(), closed))
            else:
                ends = not stop["open"] and self._ends_at(stop, stop.end())
            self._position = closed or stop.end()
            if ends:
                return self._position
        return self._cut_for_length() if len(self.text) > CLAUSE_MAX_CHARS + 1 else None

    def _code_end(self) -> int | None:
        longest = self._begins + LONGEST_CHARS
        closed = _CODE.match(self.text, self._begins, longest)
        if closed is not None:
            return closed.end()
        return longest if len(self.text) >= longest else None

    def _markup_end(self, start: int) -> int | None:
        """Where the markup that begins at `start` ends; None when it is none."""
        text = self.text
        for opener, whole, reach in _MARKUP:
            if not opener.match(text, start):
                continue
            closed = whole.match(text, start, start + reach)
            if closed is not None:
                return closed.end()
            known = text[start : start + reach]
            if "\n" not in known and len(known) < reach:
                self._need_more()
            return None
        if len(text) - start < len(_FENCE):
            self._need_more()  # "*" may become "**", "`" a fence
        return None

    def _ends_after_markup(self, start: int, closed: int) -> bool:
        """Whether the clause ends with a piece of markup, by the mark inside its end and the blank after it."""
        if closed == len(self.text):
            self._need_more()
            return False
        inner = next(
            (m for m in _INNER_STOP.finditer(self.text, max(start, closed - 8), closed) if m.end() == closed), None
        )
        return inner is not None and self.text[closed].isspace() and self._ends_at(inner, closed)

    def _ends_at(self, stop: re.Match[str], end: int) -> bool:
        """Whether a mark ends the clause."""
        marks = stop.groupdict()
        if marks.get("line"):
            return True
        if marks["sentence"]:
            return marks["sentence"] != "." or self._stop_ends(stop.start("sentence") + 1, end)
        before = self.text[self._begins : stop.start("comma")]
        if len(before.rstrip()) < self.least:
            return False
        told = marks["comma"] == ":" and _TELLS_CODE.search(before)
        return not ((told or before.rstrip()[-1:].isdigit()) and self._next(end).isdigit())

    def _stop_ends(self, stop: int, end: int) -> bool:
        """Whether a single full stop ends a sentence."""
        before = self.text[max(self._begins, stop - _LOOK_BACK) : stop]
        if _LIST_MARKER.search(before) or _ALWAYS_GOES_ON.search(before):
            return False
        if _INITIAL.search(before):
            following = self._next(end)
            return bool(following) and not following.isalnum() and following not in _GOES_ON_WITH
        if _SAINT.search(before) or (_CENTURY.search(before) and self._next(end) in tuple("IVX")):
            return False
        if _MAY_END.search(before):
            following = self._next(end)
            if _BEFORE_CHRIST.search(before) and following == "C":
                return False
            return not (following.islower() or following.isdigit() or following in _GOES_ON_WITH)
        return True

    def _next(self, position: int) -> str:
        """The next character that is no blank; empty at the text's end."""
        rest = self.text[position:].lstrip()
        if not rest:
            self._need_more()
        return rest[:1]

    def _need_more(self) -> None:
        if not self._final:
            raise _Undecided

    def _cut_for_length(self) -> int | None:
        """The last blank that is in no piece of markup, better not inside a number; else the end of the long word."""
        text = self.text
        blanks = [
            at
            for at in range(self._begins + 1, CLAUSE_MAX_CHARS + 1)
            if text[at].isspace() and not any(start < at < end for start, end in self._markup)
        ]
        good = [at for at in blanks if not _INSIDE_NUMBER.search(text, max(0, at - 2), at + 2)]
        if blanks:
            return (good or blanks)[-1]
        after = max(CLAUSE_MAX_CHARS, self._markup[-1][1] if self._markup else 0)
        blank = re.compile(r"\s").search(text, after, LONGEST_CHARS)
        if blank is not None:
            return blank.start()
        return LONGEST_CHARS if len(text) >= LONGEST_CHARS else None
