"""``liaison parse``: one message a line in, one JSON object a line out. The model is loaded once."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any, BinaryIO, TextIO


def run(arguments: list[str]) -> int:
    """Read standard input to its end; texts never go to standard error."""
    argparse.ArgumentParser(prog="liaison parse", description=__doc__).parse_args(arguments)
    from bot.assistant import load_parser

    return asyncio.run(_lines(load_parser(), sys.stdin.buffer, sys.stdout))


async def _lines(parser: Any, source: BinaryIO, target: TextIO) -> int:
    for raw in source:
        text = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        target.write(json.dumps(await parser.parse(text), ensure_ascii=False) + "\n")
        target.flush()
    return 0
