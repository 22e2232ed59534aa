"""`models list|pull|verify`."""

import json

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from enterprise_stream.cli.exits import Exit, stderr
from enterprise_stream.config import load_settings
from enterprise_stream.models import ModelStore
from enterprise_stream.models import Progress as Pulled

stdout = Console(highlight=False)


def store() -> ModelStore:
    """The models where the settings say."""
    return ModelStore(load_settings().models_folder)


def show(*, as_json: bool) -> None:
    """Print every model and how it stands."""
    rows = store().status()
    if as_json:
        fields = ("name", "title", "licence", "use", "extra", "state", "size", "download_size")
        print(json.dumps([{f: getattr(row, f) for f in fields} | {"path": str(row.path)} for row in rows], indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for column in ("model", "state", "MB", "licence", "what"):
        table.add_column(column, justify="right" if column == "MB" else "left")
    for row in rows:
        state = {"complete": "[green]here[/]", "missing": "[yellow]missing[/]"}.get(row.state, "[red]damaged[/]")
        title = f"{row.title} (tests only)" if row.extra else row.title
        table.add_row(row.name, state, f"{row.download_size / 1e6:.0f}", row.licence, title)
    stdout.print(table)


def pull(names: list[str] | None, *, tests: bool, quiet_if_complete: bool) -> None:
    """Fetch models, with progress."""
    models = store()
    wanted = names or [row.name for row in models.status() if tests or not row.extra]
    missing = [row for row in models.status() if row.name in wanted and row.state != "complete"]
    if not missing and all(name in {row.name for row in models.status()} for name in wanted):
        if not quiet_if_complete:
            stdout.print(f"All is here: {models.root}")
        return
    columns = (TextColumn("{task.description:<22}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=stderr) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(step: Pulled) -> None:
            if step.model not in tasks:
                tasks[step.model] = bars.add_task(step.model, total=step.total_bytes)
            label = step.model if step.stage in {"download", "done"} else f"{step.model} ({step.stage})"
            bars.update(tasks[step.model], description=label, completed=step.done_bytes, total=step.total_bytes)

        models.pull(wanted, progress)
    stdout.print(f"Models: {models.root}")


def verify(names: list[str] | None) -> Exit:
    """Check the models' contents; returns the exit code."""
    models = store()
    chosen = names or [row.name for row in models.status() if not row.extra or row.state == "complete"]
    problems = models.verify(chosen)
    for problem in problems:
        stderr.print(f"[bold red]error[/]: {problem.message}", soft_wrap=True)
    if problems:
        return Exit.MODELS_MISSING
    stdout.print(f"{len(chosen)} models are as the manifest names them.")
    return Exit.OK
