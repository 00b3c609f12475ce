"""Shops of other people: pages of foreign origins, with a policy as strict as a page can have, that embed the widget."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><h1>A shop</h1>
<script src="{widget}/widget.js"{attributes} defer></script></html>"""
_POLICY = (
    "default-src 'none'; script-src {widget}; connect-src {widget} {socket}; img-src {widget} blob:; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass
class ForeignShop:
    """A site under another name (``localhost``) with one page, whose script tag has the attributes its address names."""

    port: int
    widget: str = ""

    @property
    def origin(self) -> str:
        """As browsers write it."""
        return f"http://localhost:{self.port}"

    def address(self, **attributes: str) -> str:
        """Return the address of the page whose script tag has these ``data-`` attributes."""
        return f"{self.origin}/?{urlencode(attributes)}"

    def page(self, query: str) -> bytes:
        """Return the page: a heading and one script tag."""
        attributes = "".join(f' data-{name}="{html.escape(value)}"' for name, value in parse_qsl(query))
        return _PAGE.format(widget=self.widget, attributes=attributes).encode()

    def policy(self) -> str:
        """Return the page's Content-Security-Policy: no styles of any kind, no inline script, nothing of elsewhere."""
        return _POLICY.format(widget=self.widget, socket=self.widget.replace("http", "ws"))


@contextmanager
def foreign_shop() -> Iterator[ForeignShop]:
    """Serve a shop on a free port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            found = path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", shop.policy())
            self.end_headers()
            self.wfile.write(shop.page(query) if found else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop = ForeignShop(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
