"""Of what kinds of sounds a written word is: enough to hear where in a clause it is, in any voice and without a model.

Spelling tells the kind of a sound ("a hiss", "a closure") well enough in both languages, though not the sound itself.
"""

import re

VOWEL, GLIDE, NASAL, LIQUID, HISS, BREATH, CLOSURE, SOFT, QUIET = range(9)
"""Kinds of sounds: a; the i of "bien"; m; l, r; s; f, th; p, t, k; b, d, g; and none."""

_KINDS = {"V": VOWEL, "G": GLIDE, "N": NASAL, "L": LIQUID, "S": HISS, "F": BREATH, "T": CLOSURE, "D": SOFT}

_SPANISH = (
    ("ch", "TS"),
    ("ll|y(?=[aeiouáéíóú])", "G"),
    ("rr?|l", "L"),
    ("qu|[kpt]", "T"),
    ("gu(?=[eiéí])", "D"),
    ("[cg](?=[eiéí])|[jzf]", "F"),
    ("h", ""),
    ("x", "TS"),
    ("[iu](?=[aeoáéó])|(?<=[aeoáéó])[iuy]", "G"),
    ("[aeiouáéíóúüy]", "V"),
    ("[mnñ]", "N"),
    ("s", "S"),
    ("c", "T"),
    ("[bdgvw]", "D"),
)
_ENGLISH = (
    ("[tsc]ion", "SVN"),
    ("t?ch", "TS"),
    ("sh|ss|c(?=[eiy])|[sz]", "S"),
    ("ck|cc?|pp|tt(?!h)", "T"),
    ("th|ph|ff?", "F"),
    (r"igh|[aeo]ugh|[aiou](?=[^aeiouwxy\W]e[sd]?\b)|(?<=\b[bghmnps])[oy]\b|[aeiou][aeiouwy]", "VV"),
    ("gh(?![aeiou])", ""),
    ("wh|w(?=[aeiou])|y(?=[aeiou])", "G"),
    (r"\bkn|nn|mm|ng\b|[mn]", "N"),
    (r"\bwr|rr|ll|[lr]", "L"),
    ("qu", "TG"),
    (r"dge?\b|g(?=[eiy])|j", "DS"),
    ("x", "TS"),
    (r"(?<=[aeiouy][bcdfghklmnprstvz])e\b|(?<=[aeiouy][bdfklmnprtvw])e(?=s\b)|(?<=[aeiouy][^aeiouytd])e(?=d\b)", ""),
    ("[aeiouy]", "V"),
    ("h", "F"),
    ("[kpt]", "T"),
    ("bb|dd|gg|[bdgv]", "D"),
)
_RULES = {"es": _SPANISH, "en": _ENGLISH}
_SPELT = {
    language: re.compile("|".join(f"({pattern})" for pattern, _ in (*rules, (r"\w", "V"))), re.IGNORECASE)
    for language, rules in _RULES.items()
}


def sounds(spoken: str, language: str) -> list[int]:
    """The kinds of the sounds of `spoken`, in order.

    Args:
        spoken: what is said; it may be several words.
        language: ISO 639-1 code; what has no rules here is taken to be spelt as Spanish is.
    """
    rules, spelt = _RULES.get(language[:2], _SPANISH), _SPELT.get(language[:2], _SPELT["es"])
    found = []
    for match in spelt.finditer(spoken):
        rule = (match.lastindex or 1) - 1
        found += [_KINDS[kind] for kind in (rules[rule][1] if rule < len(rules) else "V")]
    return found
