"""Logs of the services: one line an event, with ids; never a buyer's words."""

from __future__ import annotations

import logging
import sys
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class _Lines(logging.Formatter):
    """Time, level, event and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; a traceback follows where there is one."""
        facts: dict[str, Any] = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        extra = "".join(f" {name}={value}" for name, value in facts.items())
        line = f"{self.formatTime(record, '%H:%M:%S')} {record.levelname.lower():7} {record.getMessage()}{extra}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def log_to_stderr() -> None:
    """Send our own events from ``info`` on to standard error, those of libraries from ``warning`` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(logging.INFO)
    for name in ("alembic", "rasa", "matplotlib", "apscheduler", "circus"):
        logging.getLogger(name).setLevel(logging.ERROR)
