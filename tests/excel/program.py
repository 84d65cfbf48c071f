"""A LibreOffice of the tests' own, without a window, spoken to over a named pipe.

Its user profile is thrown away with it, and its pipe's name is its own, so that it meets no LibreOffice that somebody
has open. UNO, its language, comes with the system's Python (Debian: python3-uno) or with LibreOffice.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.libreoffice import SOFFICE, LibreOfficeError

_SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"
_DEADLINE = 90.0


def _import_uno() -> Any:
    """UNO, where this Python can load it: it is built for one version of Python."""
    with contextlib.suppress(ImportError):
        return importlib.import_module("uno")
    if Path(_SYSTEM_PACKAGES).is_dir():
        sys.path.append(_SYSTEM_PACKAGES)  # at the end: nothing but what is missing comes from there
        try:
            return importlib.import_module("uno")
        except ImportError:
            sys.path.remove(_SYSTEM_PACKAGES)
    return None


uno: Any = _import_uno() if SOFFICE is not None else None


NEEDS_OPEN_LIBREOFFICE = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(uno is None, reason="LibreOffice, or UNO for this Python (python3-uno), is missing"),
]
"""Marks of tests that need a LibreOffice that can be spoken to: `pytestmark = NEEDS_OPEN_LIBREOFFICE`."""


@contextlib.contextmanager
def running(pipe: str | None = None) -> Iterator[Any]:
    """A LibreOffice started and ended; its desktop. `pipe` names the pipe it listens on, for others to speak to it.

    Raises:
        LibreOfficeError: it did not answer in time.
    """
    pipe = pipe or f"tjxl-{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory(prefix="tjxl-lo-", ignore_cleanup_errors=True) as profile:
        command = [str(SOFFICE), f"-env:UserInstallation={Path(profile).resolve().as_uri()}", "--headless",
                   "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=os.name == "posix"
        )
        try:
            desktop = connected(pipe, process)
            yield desktop
            with contextlib.suppress(Exception):  # it goes while it answers
                desktop.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
        finally:
            if os.name == "posix":
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            process.wait()


def connected(pipe: str, process: subprocess.Popen[bytes] | None = None) -> Any:
    """The desktop of the LibreOffice that listens on a pipe.

    Raises:
        LibreOfficeError: it did not answer in time, or has ended.
    """
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + _DEADLINE
    while time.monotonic() < until and (process is None or process.poll() is None):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:  # UNO's own, whose types exist only once it is connected
            time.sleep(0.2)
    raise LibreOfficeError(f"LibreOffice did not answer within {_DEADLINE:.0f} s")
