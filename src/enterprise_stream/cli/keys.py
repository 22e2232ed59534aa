"""`keys`: make what opens doors, and say where it goes."""

import secrets
from typing import Annotated

import typer

from enterprise_stream.keys import hashed, is_name, new_key

keys = typer.Typer(no_args_is_help=True, help="Keys and secrets that open this server to others.")


@keys.command()
def new(
    name: Annotated[
        str,
        typer.Argument(help="Whose it is: sessions, costs and data are kept apart by it. Several keys may share it."),
    ] = "",
) -> None:
    """Make an API key, with which a business's own server asks for sessions, and say where it goes.

    The server's setting holds its digest only. To replace a key, add the new one beside it, give it to whoever uses
    it, and take the old one away. Examples: `enterprise-stream keys new` · `enterprise-stream keys new casas`
    """
    if name:
        _refuse_no_name(name)
    key = new_key()
    line = f"{name}:{hashed(key)}" if name else hashed(key)
    print(f"# For {name or 'your own server'}, to ask POST /api/sessions with; it is shown this once:")
    print(key)
    print("# For this server's .env, beside the keys that are there, with a comma between them:")
    print(f"API_KEYS={line}")


@keys.command()
def owner(
    name: Annotated[str, typer.Argument(help="The tenant whose calls it shows, as API_KEYS names it.")],
) -> None:
    """Make a key with which a tenant's owner sees his own calls in the console, and nobody else's.

    The server's setting holds its digest only. Example: `enterprise-stream keys owner casas`
    """
    _refuse_no_name(name)
    key = new_key()
    print(f"# For the owner of {name}, to log in with at /console; it is shown this once:")
    print(key)
    print(
        "# For this server's .env, beside the keys that are there, with a comma between them (ADMIN_KEY is needed too):"
    )
    print(f"OWNER_KEYS={name}:{hashed(key)}")


@keys.command()
def secret() -> None:
    """Make a SESSION_SECRET, which signs session tokens."""
    print("# For this server's .env, the same on all servers that serve the same guests. A new one ends no session:")
    print("# only tokens that are not used yet, a minute old at most, are good no more.")
    print(f"SESSION_SECRET={secrets.token_hex(32)}")


@keys.command()
def admin() -> None:
    """Make an ADMIN_KEY, which opens the console and the metrics."""
    print("# For this server's .env, for whoever logs in at /console, and for Prometheus (as a bearer token).")
    print("# A new one logs everybody out.")
    print(f"ADMIN_KEY={new_key()}")


def _refuse_no_name(name: str) -> None:
    if not is_name(name):
        raise typer.BadParameter("a name has small letters, digits, - and _, and 32 of them at most")
