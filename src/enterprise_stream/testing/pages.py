"""A generated page of the docs: written anew, or compared with what it should be."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def nothing_wrong() -> Sequence[str]:
    """For pages that may say whatever they do."""
    return ()


def keep_page(
    module: str,
    about: str | None,
    page: Path,
    render: Callable[[], str],
    arguments: Sequence[str] | None,
    wrong: Callable[[], Sequence[str]] = nothing_wrong,
) -> int:
    """Write the page (`--write`), or say whether it is up to date (`--check`); 0 when all is well, 1 when it is not.

    Args:
        module: that does it.
        about: what its help says.
        page: where it is.
        render: makes it.
        arguments: of the command; none takes the process's.
        wrong: what it says that must not stay so, which fails the check of a page that is up to date.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the page")
    what.add_argument("--check", action="store_true", help="fail when the page is not what it should be")
    parser.add_argument("--page", type=Path, default=page, help=f"the page (default: {page})")
    chosen = parser.parse_args(arguments)
    text = render()
    if chosen.write:
        chosen.page.write_text(text, encoding="utf-8")
        return 0
    faults = [f"{chosen.page}: {fault}" for fault in wrong()]
    if not chosen.page.is_file() or chosen.page.read_text(encoding="utf-8") != text:
        faults.append(f"{chosen.page} is out of date; run this again with --write")
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0
