"""The widget's files and the demo shop."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.gateway.services import Services, services_of
from bot.gateway.tokens import demo_identity
from bot.settings import PROJECT
from bot.shop.people import demo_buyer_of_each_language

WIDGET = PROJECT / "widget"
_MOST_ORDERS = 4
_CACHE = "public, max-age=300, stale-while-revalidate=86400"


class WidgetFiles(StaticFiles):
    """Files that any shop's page may load; the demo's own files are among them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file with the headers that let other sites use it."""
        response = await super().get_response(path, scope)
        open_to_all(response)
        return response


def open_to_all(response: Response) -> None:
    """Let any site load ``response``; it holds nothing of anybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = _CACHE


async def widget_script(_: Request) -> Response:
    """The one script a shop puts on its pages."""
    response = FileResponse(WIDGET / "widget.js", media_type="text/javascript")
    open_to_all(response)
    return response


async def front_page(request: Request) -> Response:
    """Lead to the demo shop."""
    return RedirectResponse("/demo")


async def demo_page(request: Request) -> Response:
    """The demo shop."""
    return FileResponse(WIDGET / "demo" / "index.html", headers={"Cache-Control": "no-cache"})


async def demo_products(request: Request) -> Response:
    """The catalogue as the demo page shows it."""
    return JSONResponse(await run_in_threadpool(_products, services_of(request)))


def _products(services: Services) -> list[dict[str, Any]]:
    return [
        {
            "sku": product.sku,
            "category": product.category,
            "name": product.names,
            "price": str(product.steps[0].unit_price) if product.steps else "",
            "currency": product.currency,
            "unit": product.unit,
            "moq": product.moq,
            "image": product.image,
        }
        for product in services.shop.products()
    ]


async def demo_buyers(request: Request) -> Response:
    """Buyers to play, each with an identity token as a shop's server would sign it.

    None as soon as the shop has a secret of its own: nobody but the shop may then say who a buyer is.
    """
    services = services_of(request)
    return JSONResponse(await run_in_threadpool(_buyers, services) if services.demo else [])


def _buyers(services: Services) -> list[dict[str, Any]]:
    now = datetime.now(timezone.utc)
    return [
        {
            "id": buyer.id,
            "name": buyer.name,
            "country": buyer.country,
            "language": buyer.language,
            "identity": demo_identity(buyer.id, services.shop_jwt_secret, now=now),
            "orders": [order.number for order in orders][:_MOST_ORDERS],
        }
        for buyer, orders in demo_buyer_of_each_language(services.engine)
    ]
