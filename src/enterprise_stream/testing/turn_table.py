"""Writes or checks docs/reference/turn-taking.md: `python -m enterprise_stream.testing.turn_table --write|--check`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from enterprise_stream.conversation.table import render
from enterprise_stream.testing.pages import keep_page

PAGE = Path("docs/reference/turn-taking.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is up to date."""
    return keep_page("enterprise_stream.testing.turn_table", __doc__, PAGE, render, arguments)


if __name__ == "__main__":
    sys.exit(main())
