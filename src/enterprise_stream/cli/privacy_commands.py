"""The commands of `privacy`."""

from pathlib import Path
from typing import Annotated

import typer

from enterprise_stream.cli.exits import tells_errors

privacy = typer.Typer(
    no_args_is_help=True,
    help="""What is kept of guests: show it, erase it, let go of what is old.

    A person is named by `--contact` (a telephone number or an e-mail address that he has left or said) or by the calls'
    ids, `--session`. It works while a server runs. How long what is kept is RETENTION_TRANSCRIPT_DAYS,
    RETENTION_CALL_DAYS, RETENTION_REQUEST_DAYS and RETENTION_SPENDING_DAYS; docs/privacy.md tells more.

    Backups: what is erased is noted, by the calls' ids alone, in a ledger beside the database (ERASURE_LEDGER) for
    BACKUP_DAYS. After a backup is restored, the next start of a server, and each of these commands, erases it again
    first. Keep the ledger as it is then; `replay` takes the ledgers of other servers too.
    """,
)

Sessions = Annotated[list[str] | None, typer.Option("--session", help="A call's id; may be repeated.")]
OfContact = Annotated[
    str | None, typer.Option("--contact", help="A telephone number (7 digits or more) or an e-mail address.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@privacy.command("export")
@tells_errors
def privacy_export(
    session: Sessions = None,
    contact: OfContact = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write; standard output by default.")] = None,
) -> None:
    """Write all that is kept of a person as JSON: calls, turns, bookings, hand-overs, purchases.

    Examples: `enterprise-stream privacy export --contact "+34 612 345 678" -o guest.json` ·
    `enterprise-stream privacy export --session 3XQm0cTz8fA1uYwB`
    """
    from enterprise_stream.cli.privacy import export

    raise typer.Exit(export(session or [], contact, out))


@privacy.command("erase")
@tells_errors
def privacy_erase(
    session: Sessions = None,
    contact: OfContact = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it, only say what would be erased.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase all that is kept of a person, from the tables and from the files below them; it cannot be taken back.

    Bookings and hand-overs go too: look at `export` first. Amounts of money stay, without whose they were. It is noted
    in the ledger, so that a backup brings nothing back. A call that goes on is told of: nothing more of it is kept, but
    its server remembers it until its end. What your own systems were told by webhook is yours to erase. Numbers said
    digit by digit in words are not found by `--contact`.

    Examples: `enterprise-stream privacy erase --contact ana@example.com` (says what would go) ·
    `enterprise-stream privacy erase --contact ana@example.com --yes`
    """
    from enterprise_stream.cli.privacy import erase

    raise typer.Exit(erase(session or [], contact, sure=yes, as_json=as_json))


@privacy.command("replay")
@tells_errors
def privacy_replay(
    ledgers: Annotated[
        list[Path] | None, typer.Argument(help="Ledgers of other servers, or copies of this one's; taken over into it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Erase again what a restored backup has brought back. A server does so itself before it lets anybody in.

    Use it before the servers of one PostgreSQL start again, with the ledger of each, unless they share one.

    Examples: `enterprise-stream privacy replay` · `enterprise-stream privacy replay node-a.log node-b.log`
    """
    from enterprise_stream.cli.privacy import replay

    raise typer.Exit(replay(ledgers or [], as_json=as_json))


@privacy.command("retain")
@tells_errors
def privacy_retain(as_json: AsJson = False) -> None:
    """Let go now of what is older than its limit; a server does so each hour.

    Example: `RETENTION_TRANSCRIPT_DAYS=7 enterprise-stream privacy retain`
    """
    from enterprise_stream.cli.privacy import let_go

    raise typer.Exit(let_go(as_json=as_json))
