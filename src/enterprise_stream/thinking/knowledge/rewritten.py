"""A knowledge file with another name and another greeting, for trying them out."""

from collections.abc import Mapping
from typing import Any

import yaml


def rewritten(text: str, name: str | None, greeting: Mapping[str, str]) -> str:
    """The file's text with these in it; unchanged where nothing is to be changed.

    Args:
        text: of a file that was checked.
        name: how she calls herself; None keeps hers.
        greeting: what she says to a greeting, by language; languages that are left out keep theirs.
    """
    if name is None and not greeting:
        return text
    root: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts, lists and groups
    if name is not None:
        root["business"]["persona"] = name
    if greeting:
        talk = root.setdefault("small_talk", {})
        talk["greeting"] = {**talk.get("greeting", {}), **greeting}
    return yaml.safe_dump(root, allow_unicode=True, sort_keys=False, width=120)
