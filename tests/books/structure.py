"""What units do to rows, columns and sheets, and whose form it is (modes 1 to 11, 26 to 30, 41, 44, 46 to 50)."""

from __future__ import annotations

from tests.books.case import Case

CASES: tuple[Case, ...] = ()
