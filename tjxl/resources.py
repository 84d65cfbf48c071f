"""The door to the data folders that ship with the package: schemas, workbook layouts, macros, the sample notice."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


def schema_file(name: str) -> Traversable:
    """A file of the `schemas/` folder (field rules, messages, defaults)."""
    return files("tjxl.schemas") / name


def layout_file(name: str) -> Traversable:
    """A file of the `workbook/` folder (sheet layouts, theme)."""
    return files("tjxl.workbook") / name


def macro_file(name: str) -> Traversable:
    """A file of the `macros/` folder (VBA as text, the ribbon)."""
    return files("tjxl.macros") / name


def sample_notice() -> Traversable:
    """The sample notice: 天津市 2022, 138 tasks."""
    return files("tjxl.workbook.sample") / "tianjin-2022.txt"


@cache
def schema_toml(name: str) -> dict[str, Any]:
    """The parsed TOML file `name` of `schemas/`. Treat the result as read-only: it is shared."""
    return tomllib.loads(schema_file(name).read_text(encoding="utf-8"))


@cache
def layout_toml(name: str) -> dict[str, Any]:
    """The parsed TOML file `name` of `workbook/`. Treat the result as read-only: it is shared."""
    return tomllib.loads(layout_file(name).read_text(encoding="utf-8"))
