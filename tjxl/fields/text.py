"""How the field rules look at text: which characters count as white space, and what a phone number is made of.

Every face uses these constants, so that a text has the same length in Python, in pandas and in a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Collection

SPACES = " \u3000\u00a0"
"""Removed anywhere in a text before it is measured or compared, and with them line breaks, tabs and the other control
characters (below U+0020, what CLEAN takes out).

Anywhere, not only at the ends: a spreadsheet formula of Excel 2010 can take a character out of a text, but it
cannot trim U+3000, and its TRIM changes inner spaces too. So one definition serves every face.
"""

PHONE_PUNCTUATION = "+-()（）"
"""What a phone number may hold beside digits and white space."""

PHONE_DIGITS = (7, 20)
"""The fewest and the most digits of a phone number."""


EMAIL_REFUSED = "，、；;,:：<>()（）"
"""What no single e-mail address holds: marks between several, brackets around a name."""

PHRASE_PUNCTUATION = "，。；、！|"
"""Left out, beside white space, before a text is compared with a list of set phrases."""


def condensed(text: str) -> str:
    """The text without its white space; two texts are the same when these are equal."""
    text = _without(text, SPACES)
    return text if text.isprintable() else "".join(c for c in text if c >= " ")


def is_blank(text: str) -> bool:
    """Whether nothing is left of a text without its white space."""
    return not text or ((text[0] <= " " or text[0] in SPACES) and not condensed(text))


def is_phone_like(text: str) -> bool:
    """7 to 20 of the digits 0-9, with nothing beside them but white space and `PHONE_PUNCTUATION`."""
    digits = _without(condensed(text), PHONE_PUNCTUATION)
    fewest, most = PHONE_DIGITS
    return fewest <= len(digits) <= most and digits.isascii() and digits.isdecimal()


def is_email_like(text: str) -> bool:
    """One `@` with something before it, a dot inside of what follows, none of `EMAIL_REFUSED`."""
    address = condensed(text)
    name, _, domain = address.partition("@")
    shaped = bool(name) and "@" not in domain and "." in domain[1:] and not domain.endswith(".")
    return shaped and not any(character in EMAIL_REFUSED for character in address)


def has_digit_run(text: str, least: int) -> bool:
    """At least so many of the digits 0-9 one after the other, as in a mobile (11) or an identity number (18)."""
    for digit in "123456789":
        text = text.replace(digit, "0")
    return "0" * least in text


def is_phrase(text: str, phrases: Collection[str]) -> bool:
    """The text is one of these phrases and nothing more; white space and `PHRASE_PUNCTUATION` do not count."""
    return bare_phrase(text) in phrases


def bare_phrase(text: str) -> str:
    """The text without white space and `PHRASE_PUNCTUATION`."""
    return _without(condensed(text), PHRASE_PUNCTUATION)


def _without(text: str, characters: str) -> str:
    for character in characters:  # ten times faster on Chinese text than str.translate
        text = text.replace(character, "")
    return text
