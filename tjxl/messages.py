"""The numbered catalogue of everything tjxl says about bad input: `schemas/messages.toml`.

A message has a code, a severity, a Chinese sentence with named facts in braces, and a remedy. The sentences
of the field rules stand beside the rules themselves (`schemas/report.toml`), under codes of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from tjxl.resources import schema_toml


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the catalogue. `text` and `remedy` are format strings with named facts."""

    code: str
    severity: str
    text: str
    remedy: str = ""

    def say(self, **facts: object) -> str:
        """The Chinese sentence with its remedy, the facts filled in."""
        return (self.text + self.remedy).format(**facts)


def message(code: str) -> Message:
    """The catalogue entry of `code`.

    Raises:
        KeyError: the code is not in the catalogue: a fault of the program, never of the input.
    """
    entry = schema_toml("messages.toml")[code]
    return Message(code, entry["severity"], entry["text"], entry.get("remedy", ""))
