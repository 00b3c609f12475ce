"""The one action of the assistant: answers everything the last message asked."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answers.compose import Reply
from bot.answers.context import Context, Memory
from bot.answers.dialogue import Reading, Understood, reply_to
from bot.answers.orders import known_order
from bot.conversations.turn import SURE_OF_LANGUAGE
from bot.understanding.entities import Entity
from bot.wiring import Parts, parts

_LEAST_LANGUAGE_CONFIDENCE = 0.6


class ActionAnswer(Action):
    """Reads clauses, entities and slots; says one reply; remembers what was filled in."""

    def name(self) -> str:
        """The name used in the domain and the rules."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answer the latest message of ``tracker``."""
        wired = parts()
        latest: dict[str, Any] = tracker.latest_message
        metadata = latest.get("metadata") or {}
        language, unsupported = _languages(latest, tracker, wired)
        buyer_id = metadata.get("buyer_id")
        context = Context(
            shop=wired.shop,
            rules=wired.rules,
            replies=wired.replies_in(language),
            memory=_memory(tracker),
            buyer=wired.shop.buyer(buyer_id) if buyer_id else None,
            today=date.today(),
            spoken=wired.spoken,
            has_upload=bool(metadata.get("uploads")),
        )
        reply = reply_to(
            _understood(latest, metadata, unsupported),
            context,
            tries=wired.conversations,
            conversation=tracker.sender_id,
            now=datetime.now(timezone.utc),
        )
        dispatcher.utter_message(
            text=reply.text,
            buttons=[{"title": button.title, "payload": button.id} for button in reply.buttons],
            **({"json_message": {"cards": [{"kind": c.kind, **c.data} for c in reply.cards]}} if reply.cards else {}),
        )
        return _events(reply, context, language, tracker)


def _languages(latest: dict[str, Any], tracker: Tracker, wired: Parts) -> tuple[str, str | None]:
    """Return the language to answer in, and the detected one where it is not spoken."""
    detected, confidence = latest.get("language"), float(latest.get("language_confidence") or 0)
    before = tracker.get_slot("reply_language")
    if before and confidence < SURE_OF_LANGUAGE:
        return str(before), None
    if detected in wired.replies:
        return str(detected), None
    if detected and confidence >= _LEAST_LANGUAGE_CONFIDENCE and before is None:
        return "en", str(detected)
    return before or "en", None


def _understood(latest: dict[str, Any], metadata: dict[str, Any], unsupported: str | None) -> Understood:
    readings = tuple(
        Reading(clause["name"], float(clause["confidence"]), clause["second"], frozenset(clause["concepts"]))
        for clause in latest.get("clauses") or ()
    )
    entities = tuple(
        Entity(e["entity"], str(e["value"]), int(e["start"]), int(e["end"]))
        for e in latest.get("entities") or ()
        if e["entity"] != "language"
    )
    return Understood(latest.get("text") or "", readings, entities, metadata.get("choice"), unsupported)


def _memory(tracker: Tracker) -> Memory:
    slots = tracker.slots
    quantity = slots.get("quantity")
    return Memory(
        products=tuple(slots.get("products") or ()),
        quantity=int(quantity) if quantity is not None else None,
        variant=slots.get("variant"),
        country=slots.get("country"),
        order_number=slots.get("order_number"),
        verified_orders=tuple(slots.get("verified_orders") or ()),
        pending=tuple(slots.get("pending") or ()),
        awaiting=slots.get("awaiting"),
        options=tuple(slots.get("options") or ()),
        unclear_turns=int(slots.get("unclear_turns") or 0),
    )


def _events(reply: Reply, context: Context, language: str, tracker: Tracker) -> list[EventType]:
    """Return the slots that changed."""
    remembered = {
        name: list(value) if isinstance(value, tuple) else value for name, value in reply.memory.__dict__.items()
    }
    case = reply.case
    remembered["case_request"] = (
        {"reason": case.reason, "queue": case.queue, "handoff": case.handoff} if case is not None else None
    )
    remembered["reply_language"] = language
    order = known_order(Context(**{**context.__dict__, "memory": reply.memory}))
    remembered["order_facts"] = (
        {"number": order.number, "state": order.state, "total": str(order.total), "currency": order.currency}
        if order
        else None
    )
    return [SlotSet(name, value) for name, value in remembered.items() if tracker.get_slot(name) != value]
