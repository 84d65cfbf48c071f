"""How the program ends where something could not be done: one line on standard error, exit status 2."""

from __future__ import annotations

import math
import signal
import sys
import time
from typing import NoReturn

FAILED = 2
_ONE_PRESS = 3.0
"""Seconds: more than putting things in order takes; a program that hangs can be broken off all the same."""


def speak_utf8() -> None:
    """Whatever the terminal is set to: what is printed is Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def fail(sentence: str) -> NoReturn:
    """Say in one line why it could not be done, and end."""
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    sys.exit(FAILED)


def take_presses_as_one() -> None:
    """Ctrl-C held down, or pressed again while the first is being answered, is one Ctrl-C.

    A second would break off what puts things in order after the first. Where the program is to be deaf, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    taken = -math.inf

    def press(*_: object) -> None:
        nonlocal taken
        if time.monotonic() - taken > _ONE_PRESS:
            taken = time.monotonic()
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, press)


def too_late_to_interrupt() -> None:
    """From here on Ctrl-C changes nothing: what was to be done is done or given up, and its answer is the one given.

    Python takes a while to end, and would end as killed by the signal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def interrupted() -> NoReturn:
    """End after Ctrl-C."""
    too_late_to_interrupt()  # who presses twice is answered once
    # Where Ctrl-C hits generated code (a dataclass being made), Python remembers it although it is caught, and ends
    # as killed by the signal instead of with our status; running any code anew lets it forget.
    exec("")
    fail("已中断。总台账是完整的：这一步要么已经写入，要么没有写入；再运行一次即可。")
