"""What holds for every test."""

import gc
import os
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from itertools import product
from pathlib import Path

import certifi
import pytest
import yaml
from hypothesis import settings
from tests.store.databases import postgres, url

from enterprise_stream.config import Settings

__all__ = ["postgres", "url"]

settings.register_profile("tests", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("tests")


MACHINES = {"xdg_cache_home", "model_cache"}
"""Settings that tests take from the machine: where its models are."""


HERE = Path(__file__).parent
FOLDERS = {
    "alone": {"browser"},
    "models": {"browser", "cli", "contract", "emulated", "engines", "protocol"},
}
"""Where tests with a mark are, so that a run of those alone need not import all others."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--folders-of", choices=sorted(FOLDERS), help="look only where tests with this mark are")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether to pass by what holds no test with the mark that is asked for."""
    mark = config.getoption("folders_of")
    if mark is None or not collection_path.is_relative_to(HERE) or collection_path == HERE:
        return None
    return collection_path.relative_to(HERE).parts[0] not in FOLDERS[mark] or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See that no run passes by a test: none with a mark is outside the mark's folders."""
    for item, (mark, folders) in product(items, FOLDERS.items()):
        if item.get_closest_marker(mark) and item.path.relative_to(HERE).parts[0] not in folders:
            raise pytest.UsageError(f"{item.nodeid} is marked {mark}, its folder is not: see FOLDERS")


def pytest_collection_finish() -> None:
    """What thousands of tests and their modules are made of stays: no collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no server that one starts, reads or writes the data and the settings of whoever runs the tests.

    Nor is a guest of a test's refused for what else the machine is at: a test of that states its own limit.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.lower() in Settings.model_fields.keys() - MACHINES:
                patch.delenv(name)
        patch.setenv("MAX_LAG_MS", "0")
        patch.setenv("MAX_ENGINE_WAIT_MS", "0")
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One certificate's authority instead of all: each client reads them in 40 ms, and emulators need none."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----\n")
    bundle = tmp_path_factory.mktemp("authority") / "one.pem"
    bundle.write_text(first + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(bundle))
        yield


@pytest.fixture(scope="session", autouse=True)
def files_parsed_once() -> Iterator[None]:
    """A file that many tests read is parsed once in a process: the house's takes 50 ms, and hundreds of tests read it.

    What is made of its tree, and whether it is read anew, stays with each test; nothing writes into a tree.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "compose", lru_cache(maxsize=32)(yaml.compose))
        yield


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command that a test runs in its own process decides for the whole of it where logs go."""
    for module in ("main", "serve"):
        commands = import_module(f"enterprise_stream.cli.{module}")  # the package's `main` is a function
        monkeypatch.setattr(commands, "configure_logs", lambda *_, **__: None)
