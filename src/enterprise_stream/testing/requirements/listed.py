"""The requirements, in numbers that stay."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must hold.

    Attributes:
        number: by which tests name it: `@pytest.mark.requirement("S1")`.
        text: what must hold.
        gap: what of it no test holds yet; empty where the tests hold all of it.
    """

    number: str
    text: str
    gap: str = ""


REQUIREMENTS: Final = (
    Requirement("S1", "A foreign, `null` or look-alike origin gets HTTP 403 before the upgrade."),
    Requirement(
        "S2",
        "No token, an old one, a changed one, one for another purpose: 401 before the upgrade. `alg: none` and keys of "
        "another kind are refused.",
    ),
    Requirement(
        "S3",
        "A token works once; the second use is 401, also on another node of the same PostgreSQL.",
    ),
    Requirement("S4", "A token of one tenant never goes on with a session of another."),
    Requirement("S5", "The resume token rotates; an old one is refused, and a stolen one from another origin."),
    Requirement(
        "S6",
        "A text frame above 64 KiB closes with 1009 and takes less than 1 MiB; compression is never agreed on. A frame "
        "of sound may have 1 MiB.",
    ),
    Requirement(
        "S7",
        "Fragment storms, bad UTF-8, reserved opcodes and unmasked frames end in a clean close, without a trace in the "
        "log.",
    ),
    Requirement(
        "S8",
        "JSON that is deep, wide, not a number or twice the same is taken or answered by `error`, within 50 ms of CPU.",
    ),
    Requirement("S9", "Any sequence of events: the server lives, one answer at most is alive, each ends exactly once."),
    Requirement(
        "S10",
        "Sound at ten times real time is closed with 1008 when it is 60 s ahead, as the protocol has it: after 6.7 s. "
        "Meanwhile no frame of another guest's waits for more than a portion of it, so that the others wait less than "
        "twice as long (`make hostile` measures it).",
    ),
    Requirement(
        "S11",
        "A client that never reads is let go within 10 s, at most 1 MiB waits for it, and memory stays flat.",
    ),
    Requirement(
        "S12",
        "A handshake that drips is dropped within 5 s, a peer that says nothing after it within 10 s.",
    ),
    Requirement("S13", "A peer that is half gone is noticed within two pings, and its place is given back."),
    Requirement(
        "S14",
        "Caps on sessions by address and tenant answer 429, that of the process 503, with `Retry-After`, before the "
        "upgrade, and never hang.",
    ),
    Requirement(
        "S15",
        "An event loop that is late by 50 ms makes readiness 503 and turns new guests away, while those inside keep "
        "their quality.",
    ),
    Requirement(
        "S16",
        "Session and idle caps: warned, a spoken goodbye, closed, each with a reason of its own (virtual time).",
    ),
    Requirement(
        "S17",
        "Where money is spent, no vendor is asked any more, on any node of the same PostgreSQL.",
    ),
    Requirement(
        "S18",
        "A recogniser gets no audio of silence or of a click; a vendor's stream without speech is closed after 30 s.",
    ),
    Requirement("S19", "Keys, tokens, card and telephone numbers are in no log line, error or metric."),
    Requirement("S20", "What a vendor's error says never reaches a guest."),
    Requirement(
        "S21",
        "A hundred utterances that give orders get no system prompt, no tool that is not listed, no foreign address "
        "spoken.",
    ),
    Requirement("S22", "A tool's arguments are checked here, and what changes something needs the guest's yes."),
    Requirement(
        "S23",
        "Damaged WebM, Ogg and Opus is an error, within 1 s of CPU and 64 MiB; the session lives.",
        "decoding runs in the server's process (ADR 26), which a fault of libopus that no test has found would end; "
        "its guests go on in the next one",
    ),
    Requirement(
        "S24",
        "The content policy blocks inline and foreign script, and page and widget work under it.",
    ),
    Requirement(
        "S25", "The microphone stays closed until the notice is accepted; the AI's disclosure is the first thing told."
    ),
    Requirement(
        "S26",
        "Whoever asks for a person gets one within a turn, in Spanish, Catalan and English.",
    ),
    Requirement(
        "S27",
        "Erasing a session takes it out of every table, file and log, and out of a backup before the server that it is "
        "restored for is ready; an export before it is complete.",
    ),
    Requirement(
        "S28",
        "Retention deletes on time on a fake clock; no guest's sound is ever written.",
    ),
    Requirement(
        "S29",
        "With `ADMIN_PORT`, console, its API and metrics are on a private address alone, and absent where guests come. "
        "Without it they are closed without their own key on a server for others.",
    ),
    Requirement("S30", "A forged `X-Forwarded-For` changes nothing unless a trusted proxy sends it."),
    Requirement(
        "S31",
        "TLS that this server speaks is 1.2 at least and not negotiated anew, with HSTS; no plain `ws://` from another "
        "machine, as a trusted proxy tells where TLS is that one's.",
    ),
    Requirement(
        "S32",
        "Dependencies are locked with hashes and audited, and with `AUDIT=required` nothing passes unaudited; no "
        "secret is in the tree.",
    ),
    Requirement("S33", "The key of one tenant's owner shows his calls, and nothing of another tenant's."),
)
