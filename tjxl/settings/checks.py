"""What a setting must look like; everything else is E211, with file, key and value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tjxl.errors import SpecError


def expect(data: Mapping[str, Any], name: str, key: str, fits: Any) -> Any:
    """The value of `table.key`, if it fits.

    Raises:
        SpecError: E211.
    """
    table, leaf = key.split(".")
    value = data[table].get(leaf) if isinstance(data[table], dict) else None
    if not fits(value):
        raise SpecError("E211", file=name, key=key, value=value)
    return value


def words(data: Mapping[str, Any], name: str, key: str) -> tuple[str, ...]:
    """A list of texts, none of them blank."""

    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value)

    return tuple(expect(data, name, key, fits))


def known_keys(data: Mapping[str, Any], name: str, table: str, keys: set[str]) -> None:
    """A key that is none of the table's is a slip of the pen that would go unnoticed."""
    for key, value in data[table].items():
        if key not in keys:
            raise SpecError("E211", file=name, key=f"{table}.{key}", value=value)


def is_number(value: Any, most: float) -> bool:
    """Whether it is a number from 0 to *most*."""
    return type(value) in (int, float) and 0 <= value <= most


def not_negative(value: Any) -> bool:
    """Whether it is a number from 0 up."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
