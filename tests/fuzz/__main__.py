"""Fuzzes the targets with atheris: `python -m tests.fuzz [--seconds 60] [TARGET ...]`.

Each runs in a process of its own, from the corpus that is kept; what it finds new is in `.make/fuzz/TARGET`, and an
input that breaks a promise in `.make/fuzz/TARGET-crash-*`: mend the reader, and keep the input in the corpus.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"
FOUND: Final = Path(".make/fuzz")
MAX_INPUT: Final = 8_192
MEMORY_MB: Final = 1_024
SLOW_S: Final = 5


def run_one(name: str, options: list[str]) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["enterprise_stream"]):
        from tests.fuzz import targets
    target = targets.TARGETS[name]
    targets.FILE = FOUND / f"{name}-input"  # type: ignore[misc]  # one file for each process
    atheris.Setup([sys.argv[0], *options], target)
    atheris.Fuzz()


def main() -> int:
    """All that are named, one after another; 1 where one has found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given, options = parser.parse_known_args()
    if given.one:
        run_one(given.names[0], options)
    broken = []
    for name in given.names or sorted(folder.name for folder in CORPUS.iterdir()):
        (FOUND / name).mkdir(parents=True, exist_ok=True)
        limits = [f"-max_total_time={given.seconds}", f"-max_len={MAX_INPUT}", f"-timeout={SLOW_S}"]
        where = [f"-artifact_prefix={FOUND / name}-", f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=1"]
        places = [str(FOUND / name), str(CORPUS / name)]
        command = [sys.executable, "-m", "tests.fuzz", "--one", name, *limits, *where]
        done = subprocess.run([*command, "--", *places], stderr=subprocess.PIPE, text=True, check=False)
        runs = next((line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed" in line), "0")
        print(f"{name:>15}: {runs} inputs, {'a promise is broken' if done.returncode else 'nothing found'}", flush=True)
        if done.returncode:
            broken.append(name)
            print(done.stderr[-4_000:], flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
