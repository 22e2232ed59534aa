"""What docs/how-to/access.md tells a developer to run is run."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.machine import missing

from enterprise_stream.server.access import AccessSettings

from .house import client, house

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "access.md").read_text(encoding="utf-8")
KEY = "esk_of-the-page-0123456789abcdef"
ACCESS = AccessSettings(secret="a secret of tests, 32 characters or more", api_keys=(f"casas:{KEY}",))

NODE = shutil.which("node", path=f"{ROOT / '.make' / 'node' / 'bin'}:{os.environ['PATH']}")
RUNS: dict[str, tuple[str | None, str]] = {
    "python": (sys.executable, "-c"),
    "js": (NODE, "-e"),
    "php": (shutil.which("php"), "-r"),
    "sh": (shutil.which("bash"), "-c"),
}


def snippet(language: str) -> str:
    """The page's code that asks for a token in a language."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (code,) = [block for block in blocks if "SANDRA_KEY" in block]
    return str(code).removeprefix("<?php\n")


@pytest.mark.parametrize("language", RUNS)
async def test_the_page_s_code_gets_a_token_that_opens_a_connection(language: str) -> None:
    program, option = RUNS[language]
    if program is None or (language == "sh" and shutil.which("curl") is None):
        missing(f"there is nothing here that runs {language}")
    async with house(access=ACCESS) as place:
        environment = os.environ | {"SANDRA_URL": place.http, "SANDRA_KEY": KEY, "no_proxy": "127.0.0.1"}
        running = [program, option, snippet(language)]
        done = await asyncio.to_thread(
            subprocess.run, running, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stderr
        (token,) = re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", done.stdout)
        async with client(place, subprotocols=["enterprise-stream.v1", f"token.{token}"]):
            pass
