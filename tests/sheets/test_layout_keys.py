"""Keys that the code takes out of the shipped TOML files by name are there: a lost table is seen at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tjxl
from tjxl.resources import layout_toml, schema_toml

_TAKEN = re.compile(r'\b(layout_toml|schema_toml)\(\s*"([\w.]+)"\s*\)((?:\["\w+"\])+)')


def test_every_key_named_in_the_code_is_there() -> None:
    taken = [
        (source.name, *found)
        for source in sorted(Path(str(tjxl.__file__)).parent.rglob("*.py"))
        for found in _TAKEN.findall(source.read_text(encoding="utf-8"))
    ]
    missing = [place for place in taken if not _holds(*place[1:])]
    assert len(taken) > 50
    assert missing == []


def _holds(kind: str, file: str, path: str) -> bool:
    node: Any = (layout_toml if kind == "layout_toml" else schema_toml)(file)
    for key in re.findall(r'\["(\w+)"\]', path):
        if key not in node:
            return False
        node = node[key]
    return True
