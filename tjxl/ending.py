"""How the program ends where something could not be done: one line on standard error, exit status 2."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

FAILED = 2


def speak_utf8() -> None:
    """Whatever the terminal is set to: what is printed is Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def fail(sentence: str) -> NoReturn:
    """Say in one line why it could not be done, and end."""
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    sys.exit(FAILED)


def interrupted() -> NoReturn:
    """End after Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses twice is answered once
    # Where Ctrl-C hits generated code (a dataclass being made), Python remembers it although it is caught, and ends
    # as killed by the signal instead of with our status; running any code anew lets it forget.
    exec("")
    fail("已中断。总台账是完整的：这一步要么已经写入，要么没有写入；再运行一次即可。")
