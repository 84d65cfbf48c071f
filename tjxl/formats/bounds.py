"""How much of an .xls or .ods is read before it is refused as absurd (E304): time and memory stay bounded.

The largest form of the sample has some 2,500 filled cells, 10,000 XML elements as .ods, 6,000 records as .xls.
Measured on 2 cores: a file of up to 50 MB made to reach any of these limits costs below 3 s and 300 MB.
"""

from __future__ import annotations

MAX_CELLS = 100_000
"""Filled cells of one workbook, repeated ones counted as often as they stand there; shared texts of an .xls."""
MAX_RECORDS = 1_000_000
"""Records of an .xls."""
MAX_ELEMENTS = 500_000
"""XML elements of an .ods."""
MAX_CHARACTERS = 32_000_000
"""Text of one workbook."""
MAX_CONTENT = 64 * 1024 * 1024
"""Inflated size of an .ods's content."""
