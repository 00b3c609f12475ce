"""``liaison gateway``: the public HTTP process alone."""

from __future__ import annotations

import argparse

from bot.settings import settings_from


def run(arguments: list[str]) -> int:
    """Serve until stopped."""
    argparse.ArgumentParser(prog="liaison gateway", description=__doc__).parse_args(arguments)
    import uvicorn

    from bot.cli.family import end_with_parent
    from bot.cli.logs import log_to_stderr
    from bot.gateway.app import make_app

    settings = settings_from()
    log_to_stderr()
    end_with_parent()
    uvicorn.run(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        ws="wsproto",
        ws_max_size=16 * 1024,
        http="h11",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        limit_concurrency=5_000,
    )
    return 0
