"""Filling issued forms into 收件/ the way units do, a share of them with faults: for training and for tests.

What is written depends on the seed alone (and on the forms), so a run can be repeated.
"""

from tjxl.simulate.run import send, simulate
from tjxl.simulate.writer import Sending, Sent

__all__ = ["Sending", "Sent", "send", "simulate"]
