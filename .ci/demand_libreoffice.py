"""A pytest plugin for .ci/run: a test that needs LibreOffice and was skipped fails the run.

On a person's computer such a test may be skipped; here it would hide that nothing judged the workbooks.
"""

from __future__ import annotations

import pytest

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and "libreoffice" in report.keywords:
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for nodeid in _skipped:
        terminalreporter.write_line(f"SKIPPED for want of LibreOffice, which counts as a failure: {nodeid}", red=True)
