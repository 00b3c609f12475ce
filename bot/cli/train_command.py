"""``liaison train``: train the model when its data changed."""

from __future__ import annotations

import argparse
import time

from bot.settings import settings_from


def run(arguments: list[str]) -> int:
    """Train, sign and clean up older models."""
    parser = argparse.ArgumentParser(prog="liaison train")
    parser.add_argument("--force", action="store_true", help="train even when nothing changed")
    options = parser.parse_args(arguments)
    settings = settings_from()
    from bot.rasa_adapter.models import is_current

    if not options.force and is_current(settings.models_dir, settings.project):
        print("The model is up to date.")
        return 0
    ensure_model()
    return 0


def ensure_model() -> None:
    """Train a new model and show how long it takes; raises DataFault for faulty data."""
    from rich.console import Console

    from bot.rasa_adapter.trainer import train

    settings = settings_from()
    started = time.monotonic()
    console = Console(stderr=True)
    with console.status("Training the assistant in eight languages (about two to four minutes) …"):
        path = train(settings.project, settings.models_dir)
    console.print(f"Trained [bold]{path.name}[/bold] in {time.monotonic() - started:.0f} s.")
