"""No secret is in the tree, and every dependency is locked by its hash."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
    "OpenAI": r"\bsk-(?:proj-)?[A-Za-z0-9_-]{40,}",
    "AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "GitHub": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "Slack": r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    "Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "our own": r"\besk_[A-Za-z0-9_-]{43}\b",
    "a session token": r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
}


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


@pytest.mark.requirement("S32")
def test_no_tracked_file_holds_what_looks_like_a_secret() -> None:
    looks = re.compile("|".join(SECRETS.values()))
    texts = ((path, path.read_bytes().decode("utf-8", "replace")) for path in _tracked() if path.is_file())
    assert [str(path) for path, text in texts if looks.search(text)] == []


@pytest.mark.requirement("S32")
def test_no_settings_of_one_s_own_are_tracked() -> None:
    assert not [path for path in _tracked() if path.name == ".env" or path.suffix in {".pem", ".key", ".p12"}]


@pytest.mark.requirement("S32")
@pytest.mark.parametrize("lock", ["all.lock", "uv.lock", "fuzz.lock"])
def test_every_dependency_is_locked_by_its_hash(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    assert lines
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
