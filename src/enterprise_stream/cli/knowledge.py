"""`knowledge check`."""

from pathlib import Path

from rich.console import Console

from enterprise_stream.cli.exits import Exit
from enterprise_stream.thinking.knowledge import check_knowledge, load_knowledge

stdout = Console(highlight=False)


def check(file: Path) -> Exit:
    """Tell what is wrong with a knowledge file; returns the exit code."""
    problems = check_knowledge(file)
    for problem in problems:
        mark = "[bold red]error[/]" if problem.fatal else "[yellow]advice[/]"
        where = f"{file}:{problem.line}" if problem.line else str(file)
        stdout.print(f"{where}: {mark}: {problem.message}", soft_wrap=True)
    if any(problem.fatal for problem in problems):
        return Exit.BAD_INPUT
    known = load_knowledge(file)
    languages = ", ".join(known.business.languages)
    stdout.print(
        f"{known.business.name}: {len(known.facts)} facts, {len(known.lodgings)} lodgings, in {languages}: good."
    )
    return Exit.OK
