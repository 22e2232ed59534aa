"""Looks every locked dependency up in the public advisory database; fails on a known vulnerability.

Where the database does not answer, or not for all of them, it says NOT AUDITED, loudly, and passes: a machine without
it can still build. With `AUDIT=required` in the environment that fails too. pip-audit's own settings say which database
is asked (`PIP_AUDIT_VULNERABILITY_SERVICE`, `PIP_AUDIT_OSV_URL`).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

LOCK = Path("requirements/all.lock")

LIMIT_S = 300
"""How long all of it may take, in seconds."""

REQUIRED = "required"
"""What `AUDIT` says where what is not audited may not pass; empty is the other mode."""


def main() -> int:
    """Run the audit; returns the exit code."""
    mode = os.environ.get("AUDIT", "")
    if mode not in ("", REQUIRED):
        print(f"AUDIT is {mode!r}; it may be empty or {REQUIRED!r}.")
        return 1
    unknown = 1 if mode == REQUIRED else 0
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip", "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        print(f"NOT AUDITED: the audit gave no result within {LIMIT_S} s.")
        return unknown
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        print(f"NOT AUDITED: the audit gave no result.\n{done.stderr.strip()[-400:]}")
        return unknown if "ConnectionError" in done.stderr or "ServiceError" in done.stderr else 1
    skipped = [d["name"] for d in found if "skip_reason" in d]
    bad = [d for d in found if d.get("vulns")]
    for dependency in bad:
        ids = ", ".join(v["id"] for v in dependency["vulns"])
        print(f"{dependency['name']} {dependency['version']}: {ids}")
    if skipped:
        print(f"NOT AUDITED: {len(skipped)} of {len(found)}: the advisory database does not answer for them here.")
    else:
        print(f"{len(found)} audited, {len(bad)} vulnerable")
    return 1 if bad or (skipped and unknown) else 0


if __name__ == "__main__":
    sys.exit(main())
