"""``/desk``: the console's pages and files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.gateway.desk_guard import session_of_agent
from bot.gateway.faults import Refused
from bot.settings import PROJECT

CONSOLE = PROJECT / "desk"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ConsoleFiles(StaticFiles):
    """Scripts, styles and words of the console; a browser asks each time whether they changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


async def console(request: Request) -> Response:
    """The console; who is not signed in is led to the sign-in."""
    try:
        await session_of_agent(request)
    except Refused:
        return RedirectResponse("/desk/login", 303)
    return _page("index.html")


async def sign_in_page(_: Request) -> Response:
    """The sign-in."""
    return _page("login.html")


def _page(name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    return FileResponse(CONSOLE / name, media_type="text/html", headers=headers)
