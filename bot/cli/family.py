"""Processes that ``liaison up`` starts end with it, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

SUPERVISED = "LIAISON_SUPERVISED"
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask Linux to end this process when ``liaison up`` is gone; does nothing when a person started it."""
    if os.environ.get(SUPERVISED) and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
