"""Turns joined from a person's recordings: prompts of Debian's `asterisk-core-sounds-*-g722`, named by their files.

A turn is parts with pauses between them, and a part is prompts that follow at once: digits and letters as they are
dictated, sentences cut where a value is filled in ("The estimated hold time is currently" | "five" "minutes"), and
whole prompts one after the other. One professional speaks in each language, so it is good speech of a kind that guests
do not speak; the prompts' own pauses between two sentences count as pauses too.
"""

Part = tuple[str, ...]
Prompts = dict[str, tuple[tuple[Part, ...], ...]]


def _digits(text: str) -> Part:
    return tuple(f"digits/{digit}" for digit in text)


def _letters(text: str) -> Part:
    return tuple(f"letters/{letter}" for letter in text)


_NUMBERS: tuple[tuple[Part, ...], ...] = (
    (("vm-num-i-have", *_digits("612")), _digits("345"), _digits("678")),
    (("vm-num-i-have",), _digits("961"), _digits("22"), _digits("334")),
    (("vm-from-phonenumber", *_digits("655")), _digits("430"), _digits("219")),
    (_digits("722"), _digits("150"), _digits("336")),
    (("vm-extension", *_digits("4")), _digits("58")),
    (("conf-enteringno", *_digits("45")), _digits("89")),
)
_SPELLED: tuple[tuple[Part, ...], ...] = (
    (_letters("gar"), _letters("cia")),
    (_letters("h"), _letters("ug"), _letters("hes")),
    (_letters("pr"), _letters("ice")),
    (("letters/a", "letters/n", "letters/a"), ("letters/at",), ("letters/c", "letters/o", "letters/m")),
    (_letters("mo"), _letters("ra"), _letters("les")),
)
_FILLED: tuple[tuple[Part, ...], ...] = (
    (("queue-holdtime",), ("digits/5", "queue-minutes")),
    (("queue-thereare",), ("digits/3", "queue-callswaiting")),
    (("vm-youhave",), ("digits/5", "vm-INBOX", "vm-messages")),
    (("vm-youhave", "digits/2", "vm-INBOX"), ("vm-and", "digits/7", "vm-Old", "vm-messages")),
    (("vm-theperson",), ("digits/3", "digits/1", "vm-isunavail")),
    (("vm-theperson", "digits/4", "digits/2"), ("vm-isonphone",)),
    (("conf-enteringno",), _digits("456")),
    (("conf-thereare",), ("digits/3", "conf-otherinparty")),
    (("conf-thereare", "digits/4"), ("conf-otherinparty",)),
    (("vm-from-extension",), _digits("87")),
)
_WHOLE: tuple[tuple[Part, ...], ...] = (
    (("vm-mismatch",), ("vm-reenterpassword",)),
    (("invalid",), ("vm-goodbye",)),
    (("vm-sorry",), ("agent-user",)),
    (("conf-onlyone",), ("conf-placeintoconf",)),
    (("demo-echodone",), ("vm-goodbye",)),
    (("queue-thankyou",), ("vm-nobodyavail",)),
    (("privacy-thankyou",), ("vm-msgsaved",)),
    (("conf-locked",), ("conf-waitforleader",)),
)
_SINGLE: tuple[tuple[Part, ...], ...] = tuple(
    ((name,),)
    for name in (
        "vm-goodbye", "conf-noempty", "dir-nomore", "vm-passchanged", "agent-loginok", "agent-loggedoff", "vm-deleted",
        "vm-undeleted", "conf-hasjoin", "confbridge-muted", "vm-nomore", "priv-recordintro", "ss-noservice",
        "agent-newlocation", "vm-enter-num-to-call", "queue-youarenext", "conf-kicked", "demo-echodone", "transfer",
    )
)  # fmt: skip

_BOTH: Prompts = {
    "number": _NUMBERS,
    "spelled": _SPELLED,
    "filled in": _FILLED,
    "phrases": _WHOLE,
    "none": _SINGLE,
}

PROMPTS: dict[str, Prompts] = {
    "es": _BOTH
    | {
        "date": (
            (("digits/day-1", "digits/15"), ("digits/es-de", "digits/mon-7")),
            (("digits/es-el", "digits/3", "digits/es-de"), ("digits/mon-8",)),
            (("digits/day-5",), ("digits/20", "digits/es-de", "digits/mon-4")),
        )
    },
    "en": _BOTH
    | {
        "date": (
            (("digits/day-1", "digits/mon-7"), ("digits/h-15",)),
            (("digits/mon-8",), ("digits/h-3",)),
            (("digits/day-5",), ("digits/mon-4", "digits/h-20")),
            (("at-tone-time-exactly",), ("digits/8", "digits/oclock")),
        )
    },
}
