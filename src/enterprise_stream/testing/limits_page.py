"""Writes or checks docs/reference/limits.md: `python -m enterprise_stream.testing.limits_page --write|--check`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from enterprise_stream.audio.limits import MAX_FEED_MS
from enterprise_stream.config import Settings
from enterprise_stream.listening.ports import SAMPLE_RATE
from enterprise_stream.log import memory, sqlite
from enterprise_stream.server import call_watch, http, limits, line, load, record, websocket
from enterprise_stream.server.access import used_by_all
from enterprise_stream.server.admission import RETRY_AFTER_S
from enterprise_stream.server.limits import Limit
from enterprise_stream.server.waiting import AWAY_A_PLACE, UNBEGUN_A_PLACE, UNBEGUN_S
from enterprise_stream.session import outbox
from enterprise_stream.session.portion import PORTION
from enterprise_stream.testing.pages import keep_page

PAGE = Path("docs/reference/limits.md")

_HEAD: Final = """# Limits

What one guest, one address and one call may take, and what follows. Generated from the code by
`python -m enterprise_stream.testing.limits_page --write`; `make check` holds it.

`enterprise_stream_rejected_total{reason}` at `/metrics` counts each under its name. A close carries a sentence that
says what to change.
"""

_DOOR: Final = (
    ("full", 503, "`overloaded`", "`MAX_SESSIONS` guests are inside", "max_sessions"),
    ("busy", 503, "`overloaded`", "the event loop is late by `MAX_LAG_MS` at the median, or by ten times "
     "as much at the 95th percentile", "max_lag_ms"),
    ("busy", 503, "`overloaded`", "work of the embedded engines waits `MAX_ENGINE_WAIT_MS` at the 95th percentile",
     "max_engine_wait_ms"),
    ("address", 429, "`too_many_sessions`", "`MAX_SESSIONS_PER_ADDRESS` are inside from one IPv4 address or IPv6 /64; "
     "programs of this machine are not counted", "max_sessions_per_address"),
    ("tenant", 429, "`too_many_sessions`", "`MAX_SESSIONS_PER_TENANT` of one business are inside",
     "max_sessions_per_tenant"),
    ("restarting", 503, "`restarting`", "the server is about to stop", None),
    ("not_ready", 503, "`not_ready`", "the server is starting", None),
    ("token_unknown", 503, "`token_unknown`", "the database that several servers share does not say within "
     f"{used_by_all.WITHIN_S:.0f} s whether the session token has been used", None),
    ("forbidden_origin", 403, "`forbidden_origin`", "the page's origin is not one of `ALLOWED_ORIGINS`", None),
)  # fmt: skip

_OLDEST: Final = "who comes back and lacks one of them is told `resume_lost`"

_SETTINGS: Final = (
    "idle_timeout_s", "quiet_timeout_s", "quiet_warning_s", "max_call_s", "call_warning_s", "max_turn_s",
    "resume_window_s", "drain_s", "max_cost_turn", "max_cost_call", "max_cost_day", "max_cost_tenant_day",
)  # fmt: skip


def render() -> str:
    """The page."""
    return "\n".join((_HEAD, *_at_the_door(), *_inside(), *_settings(), *_bounds())) + "\n"


def _default(field: str | None) -> str:
    return "" if field is None else f"{Settings.model_fields[field].default:g}"


def _at_the_door() -> Iterator[str]:
    yield f"## At the door\nBefore the upgrade, with `Retry-After: {RETRY_AFTER_S}` where the status is 429 or 503.\n"
    yield "| reason | status | code | when | default |\n| --- | --- | --- | --- | --- |"
    yield from (f"| `{name}` | {status} | {code} | {when} | {_default(f)} |" for name, status, code, when, f in _DOOR)
    yield (
        f"\nLoad is measured every {load.LOOK_S * 1000:.0f} ms over {load.WINDOW_S:.0f} s. A door that was shut for it "
        f"opens again when the value is below {load.EASED:.0%} of the limit, so that it does not swing.\n"
    )


def _inside() -> Iterator[str]:
    yield "## Inside\n\n| reason | close | what ends the connection |\n| --- | --- | --- |"
    yield from (f"| `{limit}` | {limit.close:d} | {limit.what} |" for limit in Limit)
    yield (
        f"\nText messages beyond {limits.MESSAGES_PER_S:.0f} a second, after {limits.MESSAGES_AT_ONCE:.0f} at once, "
        f"or beyond {limits.TEXT_BYTES_PER_S / 1000:.0f} kB a second, after {limits.TEXT_BYTES_AT_ONCE / 1000:.0f} kB, "
        f"are dropped and answered by `rate_limited`; `get_history` counts as {limits.HISTORY:.0f}. A turn longer than "
        "`MAX_TURN_S` is answered as far as it was heard, with the error `audio_too_long`. "
        "`enterprise_stream_errors_total{code}` counts both, as it does every error that is told. After 1008 and 1009 "
        "a client may resume; after 4000, 4001 and 4002 the session is over. "
        f"A goodbye takes at most {call_watch.GOODBYE_S:.0f} s.\n\n"
        "A guest is warned before, once, when nobody is at anything: `QUIET_WARNING_S` before the goodbye to one who "
        f"says nothing (after {call_watch.QUIET_SHARE:.0%} of the silence at least), `CALL_WARNING_S` before the end "
        f"of the session (within its last {call_watch.CALL_SHARE:.0%}). Nothing is told of an end that is less than "
        f"{call_watch.LEAST_LEFT_S:.0f} s away.\n"
    )


def _settings() -> Iterator[str]:
    yield "## Settings\n\n| setting | default |\n| --- | --- |"
    yield from (f"| `{name.upper()}` | {_default(name)} |" for name in _SETTINGS)
    yield ""


def _bounds() -> Iterator[str]:
    yield "## What is bounded\n\n| what | bound | what happens beyond |\n| --- | --- | --- |"
    yield (
        f"| what waits for a client | {outbox.MAX_BYTES >> 10} KiB, each item with {outbox.ITEM_BYTES} bytes beside "
        f"its text or sound (so {outbox.MAX_BYTES // outbox.ITEM_BYTES:,} items at most), and what the system's socket "
        f"takes | closed with 1008 (`slow_reader`), as when one frame waits {line.SEND_TIMEOUT_S:.0f} s |"
    )
    yield (
        f"| sound that waits for a client | {outbox.MAX_SOUND_MS / 1000:.0f} s (480 kB), and a piece | no more is made "
        "until it has taken some |"
    )
    yield (
        f"| one guest's sound that is decoded, and that is heard, in one turn of the event loop | "
        f"{PORTION / SAMPLE_RATE * 1000:.0f} ms, and the frame that makes it as much | the rest waits; "
        "others' frames come first |"
    )
    yield f"| frames taken from one read of a socket | {websocket.FRAMES_AT_ONCE} | the others wait for their turn |"
    yield f"| pieces that a message comes in | {websocket.MAX_FRAGMENTS:,} | closed with 1009 |"
    yield f"| a request's head | {http.MAX_HEAD_BYTES // 1024} KiB | 431 |"
    yield f"| until a TLS handshake is done, and until a request is whole | {http.REQUEST_S:.0f} s each | cut, or 408 |"
    yield (
        f"| until a peer says anything after its handshake; it is pinged at once | {websocket.SILENT_S:.0f} s | closed "
        f"with 1011, and cut {websocket.FAREWELL_S:.0f} s later |"
    )
    yield f"| until an answer to one is taken | {http.ANSWER_S:.0f} s | cut |"
    yield f"| until a connection that is over is let go of by its client | {websocket.END_S:.0f} s | cut |"
    yield f"| sound that one frame may hold | {MAX_FEED_MS / 1000:.0f} s | `audio_too_long`, and the frame is dropped |"
    yield "| streams in a container | the first Opus stream, mono or stereo | the others are passed over |"
    yield (
        f"| sessions that wait for guests to come back | {AWAY_A_PLACE} a place, {UNBEGUN_A_PLACE} of them without "
        "anything said or done | one of the tenant's who has most of them ends, one without anything first, the one "
        "away longest |"
    )
    yield (
        f"| how long they wait | `RESUME_WINDOW_S`, at most {UNBEGUN_S:.0f} s where nothing was said or done | "
        "the session ends |"
    )
    yield (
        f"| what a session has told, in memory | {memory.MAX_ENTRIES:,} messages, {_millions(memory.MAX_CHARS)} "
        f"characters | the oldest go first; {_OLDEST} |"
    )
    yield (
        f"| the same, in SQLite | {sqlite.MAX_ENTRIES:,} messages, {_millions(sqlite.MAX_CHARS)} characters | "
        "the same; besides, no other process can go on with the session |"
    )
    yield (
        f"| what waits for a failing log | {record.MAX_BEHIND:,} messages, {_millions(record.MAX_BEHIND_CHARS)} "
        "characters | the session cannot be resumed any more |"
    )


def _millions(number: int) -> str:
    return f"{number / 1e6:g} million"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is up to date."""
    return keep_page("enterprise_stream.testing.limits_page", __doc__, PAGE, render, arguments)


if __name__ == "__main__":
    sys.exit(main())
