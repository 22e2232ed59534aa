"""What the audit of the dependencies says and how it ends: the real tool against an advisory database of our own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.architecture.test_secrets import ROOT

LOCK = "".join(f"{name}==1.0.0 --hash=sha256:{'0' * 64}\n" for name in ("sound", "safe"))
ADVISORY = {
    "id": "PYSEC-2026-1",
    "summary": "It lets anybody in.",
    "affected": [{"package": {"name": "sound", "ecosystem": "PyPI"}, "ranges": []}],
}


@dataclass(slots=True)
class Advisories:
    """What the database knows of each package, and of which it was asked."""

    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def advisory_server(of: Advisories) -> Iterator[Advisories]:
    """Answers as OSV's `v1/query` does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = json.loads(self.rfile.read(int(self.headers["content-length"])))["package"]["name"]
            of.asked.append(name)
            body = json.dumps({"vulns": of.known[name]} if name in of.known else {}).encode()
            self.send_response(of.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        of.url = f"http://127.0.0.1:{server.server_port}/v1/query"
        try:
            yield of
        finally:
            server.shutdown()
            thread.join()


def audit(folder: Path, url: str, mode: str | None) -> tuple[int, str]:
    """How `scripts/audit.py` ends on a lock of two packages, and what it says."""
    (folder / "requirements").mkdir()
    (folder / "requirements" / "all.lock").write_text(LOCK, encoding="utf-8")
    own = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": url, "XDG_CACHE_HOME": str(folder)}
    known = {name: value for name, value in os.environ.items() if name != "AUDIT" and "proxy" not in name.lower()}
    env = known | own | ({} if mode is None else {"AUDIT": mode})
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "audit.py"],
        cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout


MODES = pytest.mark.parametrize("mode", [None, "", "required"])


@pytest.mark.requirement("S32")
@MODES
def test_dependencies_without_a_known_fault_pass(tmp_path: Path, mode: str | None) -> None:
    with advisory_server(Advisories()) as database:
        assert audit(tmp_path, database.url, mode) == (0, "2 audited, 0 vulnerable\n")
    assert sorted(database.asked) == ["safe", "sound"]


@pytest.mark.requirement("S32")
@MODES
def test_a_known_fault_fails_and_is_named(tmp_path: Path, mode: str | None) -> None:
    with advisory_server(Advisories({"sound": [ADVISORY]})) as database:
        ended, said = audit(tmp_path, database.url, mode)
    assert (ended, said) == (1, "sound 1.0.0: PYSEC-2026-1\n2 audited, 1 vulnerable\n")


@pytest.mark.requirement("S32")
@pytest.mark.parametrize("status", [None, 503], ids=["nobody listens", "it fails"])
@pytest.mark.parametrize(("mode", "ended"), [(None, 0), ("required", 1)])
def test_a_database_that_cannot_be_asked_fails_where_the_audit_is_required(
    tmp_path: Path, mode: str | None, ended: int, status: int | None
) -> None:
    with advisory_server(Advisories(status=status or 200)) as database:
        if status is not None:
            result = audit(tmp_path, database.url, mode)
    if status is None:
        result = audit(tmp_path, database.url, mode)  # nobody listens there any more
    assert result[0] == ended
    assert result[1].startswith("NOT AUDITED: ")


def test_a_mode_that_there_is_not_is_told(tmp_path: Path) -> None:
    ended, said = audit(tmp_path, "http://127.0.0.1:1", "yes")
    assert (ended, said) == (1, "AUDIT is 'yes'; it may be empty or 'required'.\n")
