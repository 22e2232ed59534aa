"""The page that asks the owner for the key: one form, no script; wall and type are the console's."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Final

_STYLE: Final = """
@font-face { font-family: Fraunces; font-weight: 600; font-display: swap;
  src: url("/fonts/fraunces-latin-600-normal.woff2") format("woff2"); }
:root { color-scheme: light dark; --wall: #0c4a51; --glaze: #fbf4e6; --card: #fffdf8; --ink: #1d2a2b; --line: #dccfb8;
  --soft: #56605d; --river: #0f5c63; --on-river: #fdf8ee; --clay: #a04410; --alarm: #98291a; --alarm-wash: #fbe4de; }
@media (prefers-color-scheme: dark) { :root { --wall: #0a2d32; --card: #182527; --ink: #f2ebdd; --line: #33464a;
  --soft: #abb7b4; --river: #82cfc9; --on-river: #0b2023; --clay: #f5a468; --alarm: #ffa797; --alarm-wash: #3d211c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; background: var(--wall) url("/wall.svg");
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: min(24rem, 100vw - 2rem); padding: 2rem; border-radius: 1.25rem; background: var(--card); }
form { display: grid; gap: 0.75rem; }
h1 { margin: 0 0 0.5rem; font: 600 2rem/1.15 Fraunces, "Iowan Old Style", Palatino, Georgia, serif; }
label { color: var(--soft); font-size: 0.9375rem; }
input, button { min-height: 44px; font: inherit; padding: 0.5rem 1rem; border: 1px solid var(--line);
  border-radius: 999px; }
input { background: transparent; color: inherit; }
button { background: var(--river); border-color: var(--river); color: var(--on-river); font-weight: 600;
  cursor: pointer; }
:focus-visible { outline: 3px solid var(--clay); outline-offset: 2px; }
p { margin: 0; padding: 0.75rem 1rem; border-radius: 0.75rem; background: var(--alarm-wash); color: var(--alarm); }
nav { display: flex; justify-content: center; gap: 0.5rem; margin-top: 1rem; }
nav a { min-height: 44px; padding: 0.625rem 0.75rem; color: var(--river); }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
"""
"""Its colours are those of the design language's tokens, which a test sees to."""

_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

LOGIN_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}
"""What the page is sent with; it runs under its own policy, which is stricter than the others'. Its form has to say
whose it is, and a page that refers to nothing sends `Origin: null`."""

_TEXTS: Final = {
    "es": {
        "title": "Consola",
        "label": "Clave del propietario",
        "button": "Entrar",
        "languages": "Idioma",
        "wrong_key": "Esa no es la clave. Es ADMIN_KEY de los ajustes del servidor, o la tuya de OWNER_KEYS.",
        "rate_limited": "Demasiados intentos. Espera un minuto y prueba otra vez.",
        "admin_closed": "Aquí no hay clave: pon ADMIN_KEY en los ajustes del servidor y reinícialo.",
        "forbidden_origin": "El formulario llegó desde otra página. Carga esta de nuevo y prueba otra vez.",
        "too_big": "Una clave no es tan larga.",
    },
    "en": {
        "title": "Console",
        "label": "Owner's key",
        "button": "Log in",
        "languages": "Language",
        "wrong_key": "That is not the key. It is ADMIN_KEY in the server's settings, or yours of OWNER_KEYS.",
        "rate_limited": "Too many tries. Wait a minute and try again.",
        "admin_closed": "There is no key here: set ADMIN_KEY in the server's settings and start it again.",
        "forbidden_origin": "The form came from another page. Load this one again and try once more.",
        "too_big": "A key is not that long.",
    },
}


_NAMES: Final = {"es": "Español", "en": "English"}

LANGUAGE_COOKIE: Final = "sandra_console_language"
"""What the console keeps the owner's choice of language in, for this page: it has no script to look elsewhere."""


def language_of(query: Mapping[str, str], cookies: Mapping[str, str], accepted: str) -> str:
    """The page's language: what its address asks for, else the console's, else the browser's first that is ours.

    Args:
        query: of the address; `lang` counts.
        cookies: the browser's.
        accepted: `Accept-Language`.
    """
    wanted = [query.get("lang", ""), cookies.get(LANGUAGE_COOKIE, "")]
    wanted += [part.strip()[:2].lower() for part in accepted.split(",")]
    return next((code for code in wanted if code in _TEXTS), "es")


def login_page(language: str, problem: str) -> str:
    """The page.

    Args:
        language: one of `language_of`.
        problem: the code of what went wrong; empty at first.
    """
    texts = _TEXTS[language]
    told = f'<p role="alert" id="problem">{escape(texts[problem])}</p>' if problem in texts else ""
    described = ' aria-describedby="problem"' if told else ""
    links = "".join(_link(code, language) for code in _NAMES)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{texts["title"]}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f'<main><form method="post"><h1>{texts["title"]}</h1>{told}'
        f'<label for="key">{texts["label"]}</label>'
        f'<input id="key" name="key" type="password" autocomplete="current-password" required autofocus{described}>'
        f"<button>{texts['button']}</button></form>"
        f'<nav aria-label="{texts["languages"]}">{links}</nav></main></html>'
    )


def _link(code: str, language: str) -> str:
    current = ' aria-current="true"' if code == language else ""
    return f'<a href="?lang={code}" lang="{code}"{current}>{_NAMES[code]}</a>'
