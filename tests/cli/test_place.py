"""What is looked at before a server starts, and what it says when that is missing."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.certificates import certificate

from enterprise_stream.cli.place import look_at_place, refuse_what_is_missing
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError


def settings_in(folder: Path, **given: Any) -> Settings:
    return load_settings(None, {"xdg_data_home": folder} | given)


def refusal(settings: Settings) -> str:
    with pytest.raises(ConfigError) as refused:
        refuse_what_is_missing(settings)
    return refused.value.message


def test_a_good_place_is_all_well(tmp_path: Path) -> None:
    assert [(f.subject, f.state) for f in look_at_place(settings_in(tmp_path))] == [
        ("keys", "ok"), ("data", "ok"), ("database", "ok"), ("erasures", "ok"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "state", "found"),
    [
        (60, "ok", "is good for 59 days, until "),
        (3, "advice", "is good for 2 days, until "),
        (-2, "advice", "ended on "),
    ],
)
def test_it_is_told_how_long_the_certificate_is_good(tmp_path: Path, days: int, state: str, found: str) -> None:
    """One that has ended is a warning: a server that guests cannot reach is mended, one that does not start is too."""
    cert, key = certificate(tmp_path, days=days)
    settings = settings_in(tmp_path, tls_cert_file=cert, tls_key_file=key)
    (finding,) = [each for each in refuse_what_is_missing(settings) if each.subject == "certificate"]
    assert finding.state == state
    assert f"{cert} {found}" in finding.found
    assert (finding.advice == "") == (state == "ok")


def test_a_certificate_that_cannot_be_served(tmp_path: Path) -> None:
    cert, _ = certificate(tmp_path)
    told = refusal(settings_in(tmp_path, tls_cert_file=cert, tls_key_file=cert))
    assert f"TLS_KEY_FILE ({cert}) holds no private key" in told


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tempfile.TemporaryFile", denied)
    told = refusal(settings_in(tmp_path))
    assert "cannot be written (Read-only file system)" in told
    assert "XDG_DATA_HOME" in told


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5_000_000, 5_000_000))
    told = refusal(settings_in(tmp_path))
    assert "has 5 MB left" in told
    assert "Free 100 MB" in told


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    told = refusal(settings_in(tmp_path, database_url="postgresql://sandra:geheim@127.0.0.1:1/none"))
    assert "DATABASE_URL" in told
    assert "geheim" not in told


def test_a_database_that_is_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(settings_in(tmp_path, database_url=f"sqlite:///{tmp_path}"))


@pytest.mark.parametrize("key", ["short", "sk-0123456789abcdef 0123456789abcdef", '"sk-0123456789abcdef0123456789"'])
def test_a_key_that_is_none_is_told_without_it(tmp_path: Path, key: str) -> None:
    told = refusal(settings_in(tmp_path, openai_api_key=key))
    assert "OPENAI_API_KEY" in told
    assert key not in told


def test_all_that_is_missing_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    told = refusal(settings_in(tmp_path, openai_api_key="short"))
    assert len(told.splitlines()) == 2
