"""Starting Rasa without its noise: warnings, progress lines and logs that no seller needs."""

from __future__ import annotations

import logging
import os
import sys
import warnings

import structlog

from bot.rasa_adapter.without_tensorflow import install


def prepare() -> None:
    """Silence the libraries and leave TensorFlow out; call before anything heavy is imported."""
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *_, **__: None  # some libraries reset the filter when they are imported
    logging.getLogger().setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    install()
    for name in ("rasa", "apscheduler", "alembic", "matplotlib", "pykwalify"):
        logging.getLogger(name).setLevel(logging.ERROR)
