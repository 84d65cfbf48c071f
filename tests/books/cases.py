"""All cases."""

from __future__ import annotations

from tests.books import contents, files, identity, structure
from tests.books.case import Case

CASES: tuple[Case, ...] = (*structure.CASES, *identity.CASES, *contents.CASES, *files.CASES)
