"""Trackers kept live and bounded; new events are handed to the turn, which stores them with everything else.

Rasa's own stores rewrite or re-read a conversation on every message. Here a tracker lives in memory
with its last events only; when it is not there it is rebuilt from the stored tail, slots included.
Read errors are raised: an unreadable conversation is not an empty one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

MOST_EVENTS = 24
"""Events a policy or an action can see; three turns or more. What counts for longer stands in slots."""
_LOADED_EVENTS = 40
"""Read when a tracker is rebuilt: the snapshot of slots that closes the last turn, and the turn itself."""
MOST_TRACKERS = 2_000

LoadTail = Callable[[str, int], list[dict[str, Any]]]
"""Conversation id and number of events to the stored tail, oldest first."""


class LiveTrackerStore(TrackerStore):  # type: ignore[misc]
    """Holds the trackers of one process. The process must be the only one that runs a conversation's turns."""

    def __init__(self, domain: Domain, *, load_tail: LoadTail, event_broker: EventBroker | None = None) -> None:
        super().__init__(domain, event_broker)
        self._load_tail = load_tail
        self._live: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._stored: dict[str, int] = {}
        self._fresh: dict[str, list[dict[str, Any]]] = {}

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """Return a new tracker that keeps a bounded history."""
        slots = self.domain.slots if self.domain else None
        return DialogueStateTracker(sender_id, slots, max_event_history=MOST_EVENTS)

    async def get_or_create_tracker(
        self, sender_id: str, max_event_history: int | None = None, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """Return the live tracker; Rasa's own method would drop the bound on the history."""
        tracker = await self.retrieve(sender_id)
        if tracker is None:
            tracker = self.create_tracker(sender_id, append_action_listen=append_action_listen)
            self._keep(tracker)
            self._fresh[sender_id] = [event.as_dict() for event in tracker.events]
        return tracker

    def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """Return an empty tracker that listens."""
        from rasa.shared.core.constants import ACTION_LISTEN_NAME
        from rasa.shared.core.events import ActionExecuted

        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the live tracker, or rebuild it from the stored tail; None for a new conversation."""
        live = self._live.get(sender_id)
        if live is not None:
            self._live.move_to_end(sender_id)
            return live
        stored = self._load_tail(sender_id, _LOADED_EVENTS)
        if not stored:
            return None
        tracker = self.init_tracker(sender_id)
        for entry in stored:
            event = Event.from_parameters(entry)
            if event is not None:
                tracker.update(event, self.domain)
        if tracker.events:
            self._stored[sender_id] = max(event.timestamp for event in tracker.events)
        self._keep(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Note what is new since the last call; :meth:`take_new_events` hands it to the turn."""
        seen = self._stored.get(tracker.sender_id, 0.0)
        fresh = [event for event in tracker.events if event.timestamp > seen]
        self._fresh.setdefault(tracker.sender_id, []).extend(event.as_dict() for event in fresh)
        if tracker.events:
            self._stored[tracker.sender_id] = max(event.timestamp for event in tracker.events)
        self._keep(tracker)

    def take_new_events(self, sender_id: str) -> list[dict[str, Any]]:
        """Return the events since the last call, closed by the slots as they stand.

        The slot snapshot lets a tracker be rebuilt from a tail that no longer holds every SlotSet.
        """
        fresh = self._fresh.pop(sender_id, [])
        tracker = self._live.get(sender_id)
        if not fresh or tracker is None:
            return fresh
        snapshot: Iterable[SlotSet] = (
            SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None
        )
        set_now = {event["name"] for event in fresh if event.get("event") == "slot"}
        return fresh + [event.as_dict() for event in snapshot if event.key not in set_now]

    def forget(self, sender_id: str) -> None:
        """Drop the live tracker, for instance after a turn that was not committed."""
        self._live.pop(sender_id, None)
        self._fresh.pop(sender_id, None)
        self._stored.pop(sender_id, None)

    async def keys(self) -> Iterable[str]:
        """Return the conversations held live."""
        return list(self._live)

    def _keep(self, tracker: DialogueStateTracker) -> None:
        self._live[tracker.sender_id] = tracker
        self._live.move_to_end(tracker.sender_id)
        while len(self._live) > MOST_TRACKERS:
            oldest, _ = self._live.popitem(last=False)
            self._stored.pop(oldest, None)
