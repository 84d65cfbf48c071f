"""Workbooks as units send them back: the failure modes of returned sheets, each with at least one real file.

A case makes its files from a form as issued, says what was done to them, and states verdict and findings exactly.
`test_books.py` runs every case; `python -m tests.books DIR` writes all the files to a folder, to be looked at, and
`python -m tests.books --table` writes `docs/FAILURE_MODES.md`, the table of all modes with their verdicts.
"""
