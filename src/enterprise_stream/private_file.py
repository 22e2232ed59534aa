"""Files that hold what guests said: readable for the server's own user only."""

import os
from pathlib import Path


def make_private(file: Path) -> None:
    """Make a file and what is missing of its folders for this user only; what SQLite puts beside it follows it.

    Raises:
        OSError: it cannot be made, or its rights cannot be changed.
    """
    missing = [folder for folder in file.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    if file.stat().st_uid == os.getuid():
        file.chmod(0o600)
