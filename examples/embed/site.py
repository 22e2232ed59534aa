"""The example pages as a site serves them: the server's address filled in, React built, WordPress's page printed."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "web" / "node_modules"
"""React and esbuild, as the web build has them."""

WRITTEN = "https://voz.example.com"
"""The server's address as the examples are written."""

KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}

WORDPRESS = {"position": "bottom-right", "phone": "960 000 100", "whatsapp": "", "email": "hola@example.com"}
"""What the owner of the example site has typed into the plugin's page."""


@dataclass(frozen=True, slots=True)
class File:
    """What a site answers at a path."""

    body: bytes
    kind: str = KINDS[".html"]
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def build_site(server: str, built: Path) -> dict[str, File]:
    """Every page by its path.

    Args:
        server: where Sandra is served, without a slash at the end.
        built: a folder for what is built.
    """
    files = {
        f"/{path.relative_to(HERE)}": File(path.read_bytes(), KINDS[path.suffix])
        for path in sorted(HERE.rglob("*"))
        if path.suffix in KINDS and "wordpress" not in path.parts
    }
    files["/react/app.js"] = File(_react(built), KINDS[".js"])
    page = (HERE / "wordpress" / "page.html").read_text(encoding="utf-8")
    printed = wordpress_footer(WORDPRESS | {"server": WRITTEN})
    files["/wordpress/index.html"] = File(page.replace("<!-- wp_footer -->", printed).encode())
    policy = " ".join((HERE / "strict-csp" / "policy.txt").read_text(encoding="utf-8").split())
    headers = {"Content-Security-Policy": policy.replace(WRITTEN, server)}
    files["/strict-csp/index.html"] = File(files["/strict-csp/index.html"].body, headers=headers)
    filled = {
        path: File(file.body.replace(WRITTEN.encode(), server.encode()), file.kind, file.headers)
        for path, file in files.items()
    }
    return filled | {path.removesuffix("index.html"): filled[path] for path in filled if path.endswith("/index.html")}


def wordpress_footer(settings: Mapping[str, str]) -> str:
    """What the plugin prints at the foot of a page: by PHP where there is one, else its template filled in here."""
    if shutil.which("php"):
        return wordpress_preview("footer", settings)
    template = (HERE / "wordpress" / "sandra-voice" / "widget.html").read_text(encoding="utf-8")
    names = ("server", "position", "phone", "whatsapp", "email")
    values = {name: escape(settings.get(name, "")) for name in names} | {"lang": "es", "token": ""}
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", value)
    return template


def wordpress_preview(what: str, settings: Mapping[str, str], *origin: str) -> str:
    """What the plugin prints, or answers to a page of that origin, by PHP."""
    command = ["php", str(HERE / "wordpress" / "preview.php"), what, json.dumps(settings), *origin]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


def _react(built: Path) -> bytes:
    out = built / "app.js"
    command = [
        str(MODULES / ".bin" / "esbuild"),
        str(HERE / "react" / "app.jsx"),
        "--bundle",
        "--minify",
        "--jsx=automatic",
        '--define:process.env.NODE_ENV="production"',
        "--log-level=warning",
        f"--outfile={out}",
    ]
    subprocess.run(command, check=True, timeout=60, env=os.environ | {"NODE_PATH": str(MODULES)})
    return out.read_bytes()
