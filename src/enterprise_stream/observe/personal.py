"""Takes card and telephone numbers out of text, as they are written and as they are said."""

import re

HIDDEN_NUMBER = "(number hidden)"
"""What stands where a number was."""

_CARD = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-])")
"""13 to 19 digits in any groups; those that Luhn's check finds good are cards."""

_PHONE = re.compile(
    r"(?<![\w.,:/+-])(?!\d{1,3}(?:\.\d{1,3}){3}(?!\d))"  # no address of a machine
    r"(?:\+|00)?\(?\d(?:[ ().-]{0,2}\d){8,14}(?![\w:-])"
)
"""9 to 15 digits, as E.164 has at most, in the groups that people write."""

_DIGITS = (
    "cero uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta ochenta noventa doble triple "
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety double"
)

_SAID = re.compile(
    rf"\b(?:{'|'.join(_DIGITS.split())})\b(?:[\s,.-]+(?:y\s+)?(?:{'|'.join(_DIGITS.split())})\b){{5,}}", re.IGNORECASE
)
"""Six words or more that are numbers, one after the other: nobody counts nights or guests like that."""


def without_numbers(text: str) -> str:
    """The text with `HIDDEN_NUMBER` in the place of each card and telephone number.

    Prices, dates, times, rooms and guests stay: they are shorter, or written with signs that such numbers do not have.
    """
    if not any(sign.isdecimal() for sign in text):
        return _SAID.sub(HIDDEN_NUMBER, text)
    text = _CARD.sub(lambda match: HIDDEN_NUMBER if _luhn(match[0]) else match[0], text)
    return _SAID.sub(HIDDEN_NUMBER, _PHONE.sub(HIDDEN_NUMBER, text))


def _luhn(number: str) -> bool:
    """Whether the last digit fits the others, as every card's does and one other number in ten."""
    digits = [int(sign) for sign in number if sign.isdecimal()]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
