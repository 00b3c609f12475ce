"""Every address of the desk."""

from __future__ import annotations

from typing import Any

from starlette.routing import Mount, Route, WebSocketRoute

from bot.gateway import desk_acting, desk_files, desk_lead, desk_pages, desk_reading, desk_sign_in
from bot.gateway.desk_socket import open_desk_socket

_ONE = "/desk/api/conversations/{conversation}"


def routes() -> list[Any]:
    """Return the routes of console and API."""
    return [
        Route("/desk", desk_pages.console, methods=["GET"]),
        Route("/desk/login", desk_pages.sign_in_page, methods=["GET"]),
        Mount("/desk/static", desk_pages.ConsoleFiles(directory=desk_pages.CONSOLE, check_dir=False)),
        Route("/desk/api/login", desk_sign_in.login, methods=["POST"]),
        Route("/desk/api/logout", desk_sign_in.logout, methods=["POST"]),
        Route("/desk/api/me", desk_sign_in.me, methods=["GET"]),
        Route("/desk/api/me", desk_sign_in.change_me, methods=["PATCH"]),
        Route("/desk/api/cases", desk_reading.list_cases, methods=["GET"]),
        Route("/desk/api/canned", desk_reading.canned_answers, methods=["GET"]),
        Route("/desk/api/agents", desk_lead.list_agents, methods=["GET"]),
        Route("/desk/api/report", desk_lead.show_report, methods=["GET"]),
        Route("/desk/api/report.csv", desk_lead.export_report, methods=["GET"]),
        Route("/desk/api/uploads", desk_files.post_upload, methods=["POST"]),
        WebSocketRoute("/desk/api/ws", open_desk_socket),
        Route(_ONE, desk_reading.read_conversation, methods=["GET"]),
        Route(f"{_ONE}/messages", desk_reading.read_messages, methods=["GET"]),
        Route(f"{_ONE}/suggestion", desk_reading.suggestion, methods=["GET"]),
        Route(f"{_ONE}/uploads/{{upload}}", desk_files.get_upload, methods=["GET"]),
        Route(f"{_ONE}/take", desk_acting.take, methods=["POST"]),
        Route(f"{_ONE}/reply", desk_acting.reply, methods=["POST"]),
        Route(f"{_ONE}/typing", desk_acting.typing, methods=["POST"]),
        Route(f"{_ONE}/note", desk_acting.note, methods=["POST"]),
        Route(f"{_ONE}/assign", desk_acting.assign, methods=["POST"]),
        Route(f"{_ONE}/tags", desk_acting.set_tags, methods=["POST"]),
        Route(f"{_ONE}/close", desk_acting.close, methods=["POST"]),
        Route(f"{_ONE}/return", desk_acting.give_back, methods=["POST"]),
    ]
