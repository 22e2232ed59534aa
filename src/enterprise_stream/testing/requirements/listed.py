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
        "A text frame above 64 KiB closes with 1009 and takes less than 1 MiB; compression is never agreed on.",
        "200 MB of zeros may take 8 MB, which is one read of the socket and what the allocator makes of it; a frame of "
        "sound may have 1 MiB",
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
        "Sound at ten times real time is closed with 1008 within 5 s; the others wait less than twice as long.",
        "the protocol lets a recording be 60 s ahead, so that it takes 6.7 s; how long the others wait is measured by "
        "`make hostile`, and held by no test",
    ),
    Requirement(
        "S11",
        "A client that never reads is let go within 10 s, at most 1 MiB waits for it, and memory stays flat.",
    ),
    Requirement(
        "S12",
        "A handshake that drips is dropped within 5 s, a peer that says nothing after it within 10 s.",
        "a peer that answers no ping is dropped after 40 s: two pings of 20 s",
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
        "the limit is a setting, `MAX_LAG_MS`, of 500 ms by default; how those inside fare is measured by "
        "`python -m bench.admission`, and held by no test",
    ),
    Requirement(
        "S16",
        "Session and idle caps: warned, a spoken goodbye, closed, each with a reason of its own (virtual time).",
        "the goodbye is the warning; none comes before it",
    ),
    Requirement(
        "S17",
        "Where money is spent, no vendor is asked any more, on any node of the same PostgreSQL.",
    ),
    Requirement(
        "S18",
        "A recogniser gets no audio of silence or of a click; a vendor's stream without speech is closed after 30 s.",
        "Deepgram's Flux is kept for 50 s: a guest who thinks for so long would wait for a new stream; noise that is "
        "taken for speech is heard, and not answered",
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
        "Damaged WebM, Ogg and Opus is an error: the decoder's child dies, within 1 s of CPU and 64 MiB; the session "
        "lives.",
        "decoding runs in the process, with limits on what it may make of what it is given; its CPU and memory are not "
        "measured",
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
        "Catalan is understood in this alone, and answered in the conversation's language",
    ),
    Requirement(
        "S27",
        "Erasing a session takes it out of every table, file, log and backup; an export before it is complete.",
        "backups are the owner's to clear: nothing is encrypted under a session's own key",
    ),
    Requirement(
        "S28",
        "Retention deletes on time on a fake clock; no guest's sound is ever written.",
    ),
    Requirement(
        "S29",
        "Console, its API and metrics are closed without their own key on a server for others.",
        "they share the guests' listener, behind that key, instead of one on a private address; `/livez` and `/readyz` "
        "are open to whoever balances the load",
    ),
    Requirement("S30", "A forged `X-Forwarded-For` changes nothing unless a trusted proxy sends it."),
    Requirement(
        "S31",
        "No plain `ws://` from another machine, as a trusted proxy tells, and HSTS where TLS is spoken.",
        "TLS itself, 1.2 at least and without renegotiation, is the proxy's, which no test here looks at",
    ),
    Requirement(
        "S32",
        "Dependencies are locked with hashes and audited, and with `AUDIT=required` nothing passes unaudited; no "
        "secret is in the tree.",
    ),
    Requirement("S33", "The key of one tenant's owner shows his calls, and nothing of another tenant's."),
)
