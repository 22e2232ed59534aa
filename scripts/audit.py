"""Looks every locked dependency up in the public advisory database; fails on a known vulnerability.

Where the database cannot be reached it says so, loudly, and passes: a machine without it can still build.
"""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path("requirements/all.lock")


def main() -> int:
    """Run the audit; returns the exit code."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip", "-f", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        print(f"NOT AUDITED: the audit gave no result.\n{done.stderr.strip()[-400:]}")
        return 0 if "ConnectionError" in done.stderr or "ServiceError" in done.stderr else 1
    skipped = [d["name"] for d in found if "skip_reason" in d]
    bad = [d for d in found if d.get("vulns")]
    for dependency in bad:
        ids = ", ".join(v["id"] for v in dependency["vulns"])
        print(f"{dependency['name']} {dependency['version']}: {ids}")
    if skipped:
        print(f"NOT AUDITED: {len(skipped)} of {len(found)}: the advisory database does not answer for them here.")
    else:
        print(f"{len(found)} audited, {len(bad)} vulnerable")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
