"""The loaded Rasa agent as the mind of a turn: one process, actions inside it, no HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from rasa_sdk.executor import ActionExecutor

from bot.conversations.turn import Burst, Outgoing, Thought
from bot.errors import ModelUnavailable
from bot.rasa_adapter.models import newest_model
from bot.rasa_adapter.tracker_store import MOST_TRACKERS, LiveTrackerStore, LoadTail

_REMEMBERED = ("products", "quantity", "variant", "country", "order_number", "pending", "awaiting")


class InProcessActions:
    """Stands where Rasa expects an action server's address; runs the actions of ``actions/`` at once."""

    kwargs = {"enable_selective_domain": True}

    def __init__(self, executor: ActionExecutor) -> None:
        self._executor = executor
        self._failures: ContextVar[list[Exception] | None] = ContextVar("failures", default=None)

    @contextmanager
    def watched(self) -> Iterator[list[Exception]]:
        """Collect what actions raise inside: Rasa itself only logs it and says nothing to the buyer."""
        failures: list[Exception] = []
        mark = self._failures.set(failures)
        try:
            yield failures
        finally:
            self._failures.reset(mark)

    async def request(self, json: dict[str, Any], **_: Any) -> Any:
        """Run the action that ``json`` names and return what an action server would."""
        try:
            return await self._executor.run(json)
        except Exception as err:
            failures = self._failures.get()
            if failures is not None:
                failures.append(err)
            raise


def trust_own_actions() -> None:
    """Leave out Rasa's check of every answer of an action against a JSON schema.

    It is meant for action servers of others and took 60 % of a turn; ours run in this process, and what they
    return was made by rasa-sdk's own executor.
    """
    RemoteAction._validate_action_result = lambda *_: True


class RasaMind:
    """Understands and answers; the trackers of the conversations it meets stay live in it."""

    def __init__(self, agent: Agent, trackers: LiveTrackerStore, actions: InProcessActions) -> None:
        self._agent = agent
        self._trackers = trackers
        self._actions = actions
        self._marks: dict[str, int] = {}
        """Up to which message each live tracker knows its conversation."""

    @classmethod
    def load(cls, models: Path, *, load_tail: LoadTail) -> RasaMind:
        """Load the newest model of ``models``; raises ModelUnavailable when there is none that can be trusted."""
        path = newest_model(models)
        executor = ActionExecutor()
        executor.register_package("actions")
        actions = InProcessActions(executor)
        trust_own_actions()
        trackers = LiveTrackerStore(Domain.empty(), load_tail=load_tail)
        agent = Agent.load(
            model_path=str(path),
            tracker_store=trackers,
            lock_store=InMemoryLockStore(),
            action_endpoint=actions,
        )
        if not agent.is_ready():
            raise ModelUnavailable(f"{path}: could not be loaded; run `make train`")
        return cls(agent, trackers, actions)

    async def parse(self, text: str) -> dict[str, Any]:
        """Return Rasa's parse of ``text``, without a conversation."""
        result: dict[str, Any] = await self._agent.processor.parse_message(UserMessage(_neutral(text)))
        return result

    async def think(self, burst: Burst) -> Thought:
        """Run one turn of the dialogue; nothing is stored yet. Raises what an action raised."""
        conversation = burst.conversation
        if self._marks.pop(conversation.id, None) != burst.after:
            self._trackers.forget(
                conversation.id
            )  # unknown, or another process took turns: the stored tail is the truth
        channel = CollectingOutputChannel()
        metadata = {"buyer_id": conversation.buyer_id, "choice": burst.choice, "uploads": list(burst.uploads)}
        message = UserMessage(_neutral(burst.text), channel, conversation.id, metadata=metadata)
        with self._actions.watched() as failures:
            await self._agent.processor.handle_message(message)
        if failures:
            raise failures[0]
        self._remember(conversation.id, burst.upto)
        tracker = await self._trackers.get_or_create_tracker(conversation.id)
        parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
        return Thought(
            replies=_one_reply(channel.messages),
            language=tracker.get_slot("reply_language") or "en",
            intents=tuple(
                {"name": c["name"], "confidence": c["confidence"], "text": c["text"]} for c in parsed.get("clauses", [])
            ),
            facts={
                "slots": {name: tracker.get_slot(name) for name in _REMEMBERED},
                "order": tracker.get_slot("order_facts"),
            },
            case_request=tracker.get_slot("case_request"),
            events=tuple(json.loads(json.dumps(self._trackers.take_new_events(conversation.id), default=str))),
        )

    def forget(self, conversation_id: str) -> None:
        """Drop what was thought but not stored."""
        self._marks.pop(conversation_id, None)
        self._trackers.forget(conversation_id)

    def _remember(self, conversation_id: str, mark: int) -> None:
        self._marks[conversation_id] = mark
        while len(self._marks) > MOST_TRACKERS:
            del self._marks[next(iter(self._marks))]


def _neutral(text: str) -> str:
    """Return ``text`` so that Rasa takes it for words: a leading slash would make it a command."""
    stripped = text.lstrip()
    return " " + stripped.lstrip("/") if stripped.startswith("/") else text


def _one_reply(sent: list[dict[str, Any]]) -> tuple[Outgoing, ...]:
    """Return what was sent as one message: Rasa's channels cut a text at its blank lines."""
    text = "\n\n".join(part["text"] for part in sent if part.get("text"))
    buttons = [button for part in sent for button in part.get("buttons", ())]
    cards = [card for part in sent for card in (part.get("custom") or {}).get("cards", ())]
    if not text:
        return ()
    return (Outgoing(text, tuple({"id": b["payload"], "title": b["title"]} for b in buttons), tuple(cards)),)
