"""Writes or checks docs/reference/turn-taking.md: `python -m enterprise_stream.testing.turn_table --write|--check`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from enterprise_stream.conversation.table import render

PAGE = Path("docs/reference/turn-taking.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is up to date; 0 when all is well, 1 when it has drifted."""
    parser = argparse.ArgumentParser(prog="python -m enterprise_stream.testing.turn_table", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the page")
    what.add_argument("--check", action="store_true", help="fail when the page is not what the core does")
    parser.add_argument("--page", type=Path, default=PAGE, help=f"the page (default: {PAGE})")
    chosen = parser.parse_args(arguments)
    text = render()
    if chosen.write:
        chosen.page.write_text(text, encoding="utf-8")
        return 0
    if chosen.page.is_file() and chosen.page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{chosen.page} is not what the core does; run this again with --write\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
