"""How much of what strangers send is taken in: the limits of files, archives and workbooks.

They are far above any form (one of 47 tasks is 40 KB, 210 KB unpacked, with 2,000 filled cells) and hold the cost of
whatever is sent: no file of up to 50 MB may take more than some seconds or 500 MB of memory.
"""

from __future__ import annotations

from tjxl.formats.opening import open_workbook
from tjxl.formats.workbook import Workbook
from tjxl.ooxml.package import Limits

_MB = 1024 * 1024

MAX_FILE = 50 * _MB
"""Bytes of a file as it was sent, or of one in a zip archive."""

MAX_ZIP_DEPTH = 2
"""A zip archive, and one inside it."""

MAX_ZIP_MEMBERS = 2_000
MAX_ZIP_ENTRIES = 100_000
"""Entries of a zip archive, those of the documents in it included."""

MAX_ZIP_TOTAL = 200 * _MB
"""Bytes that the members of a zip archive, and of those inside it, may unpack to: workbooks hardly shrink."""

MAX_ZIP_TEXT = 240 * _MB
"""Bytes of XML that the workbooks of a zip archive may unpack to, all of them together: a thousand large forms."""

# A sheet of 32 MB is one with a million blank cells that carry borders. Of the sheets of a workbook only those that
# may be form sheets are read; the rest costs nothing, however large.
FORM_LIMITS = Limits(
    members=10_000, part=32 * _MB, total=1024 * _MB, work=48 * _MB, tree=8 * _MB, cells=100_000, strings=400_000
)


def most_rows(expected: int) -> int:
    """How many filled rows above the signature line of a form sheet are read, where `expected` were issued."""
    return 1_000 + 5 * expected


def open_book(content: bytes) -> Workbook:
    """A returned workbook, read within the limits.

    Raises:
        PackageError: E302, E303 broken; E304 too large. Reading from it raises them too, and E306 of a sheet that is
            too large.
    """
    return open_workbook(content, FORM_LIMITS)
