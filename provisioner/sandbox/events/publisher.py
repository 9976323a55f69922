"""SES's event publishing: each event goes to the enabled destinations of the configuration set that want its kind.

Source: SES developer guide, "Monitor email sending using event publishing". An event that a topic does not take is
lost; the mail is sent all the same.
"""

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

from provisioner.sandbox.events import notification, record
from provisioner.sandbox.events.account import events_of
from provisioner.sandbox.events.documents import behaviours_in, messages_in
from provisioner.sandbox.events.outcome import Outcome
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.messaging import topics
from provisioner.sandbox.ses.destinations import SES, SUBJECT, source_of
from provisioner.sandbox.ses.sent import SentMail
from provisioner.sandbox.ses.store import store

_TYPES = {record.Kind.DELIVERY_DELAY: "DELIVERY_DELAY"}  # the API calls all others as events do, in capitals
_MOST_REMEMBERED = 1000

log = logging.getLogger(__name__)


class Events:
    """Publishes what becomes of the mail of one region; counts what arrived at topics and remembers what was lost."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._lock = threading.Lock()
        self._chosen: dict[str, tuple[str, Outcome]] = {}
        self._published, self._lost = 0, list[dict[str, str]]()

    def sent(self, mail: SentMail) -> None:
        """Publish all events of a message; whatever goes wrong here does not concern whoever sent it."""
        try:
            for event in events_of(mail, self._outcomes(), self._region):
                for topic in self._topics(mail.configuration_set, record.Kind(event["eventType"])):
                    source = source_of(f"configuration-set/{mail.configuration_set}", self._region)
                    self._publish(topic, source, record.text(event))
                self._notify(mail, event)
        except Exception:  # as on AWS: the mail is out, whatever becomes of its events
            log.exception("the events of %s could not be published", mail.message_id)

    def page(self, request: PageRequest) -> Any:
        """POST publishes what is sent as SES does; GET tells how much arrived and what was lost; DELETE forgets."""
        if request.method == "POST":
            return self._inject(*messages_in(request.document))
        with self._lock:
            if request.method == "DELETE":
                self._published, self._lost = 0, []
            return {"published": self._published, "lost": list(self._lost)}

    def recipients_page(self, request: PageRequest) -> Any:
        """POST says how mailboxes shall answer; DELETE lets all take their mail again; each tells what was chosen."""
        if request.method == "POST":
            self._chosen |= behaviours_in(request.document)
        elif request.method == "DELETE":
            self._chosen = {}
        return {"recipients": {address: name for address, (name, _) in self._chosen.items()}}

    def _outcomes(self) -> dict[str, Outcome]:
        return {address: outcome for address, (_, outcome) in self._chosen.items()}

    def _notify(self, mail: SentMail, event: record.Json) -> None:
        """Tell the identity's own topic."""
        kind = event["eventType"]
        topic = notification.topic_of(mail, kind, self._region) if kind in notification.KINDS else None
        if topic is None:
            return
        source = source_of(mail.identity_arn.rpartition(":")[2], self._region)
        if self._publish(topic, source, record.text(notification.notification(event, mail))):
            notification.take_away(mail, kind, self._region)

    def _inject(self, topic: str, messages: list[str]) -> Any:
        lost = [why for text in messages if (why := self._publish(topic, self._source_for(text, topic), text))]
        return {"published": len(messages) - len(lost), "lost": [{"topic_arn": topic, "reason": why} for why in lost]}

    def _publish(self, topic: str, source: dict[str, str], text: str) -> str | None:
        why = topics.publish(SES, source, topic, text, SUBJECT)
        with self._lock:
            if why is None:
                self._published += 1
            elif len(self._lost) < _MOST_REMEMBERED:
                self._lost.append({"topic_arn": topic, "reason": why})
        return why

    def _topics(self, configuration_set: str | None, kind: record.Kind) -> Iterator[str]:
        known = store(self._region).configuration_sets.get(configuration_set or "")
        for destination in list(known.event_destinations.values()) if known else ():
            wanted = destination["Enabled"] and _TYPES.get(kind, kind.upper()) in destination["MatchingEventTypes"]
            if wanted and "SnsDestination" in destination:
                yield destination["SnsDestination"]["TopicArn"]

    def _source_for(self, text: str, topic: str) -> dict[str, str]:
        """Return the source of an injected event: the set that it names, or one that publishes there."""
        return source_of(f"configuration-set/{self._set_for(text, topic)}", self._region)

    def _set_for(self, text: str, topic: str) -> str:
        known = store(self._region).configuration_sets
        named = _named_set(text)
        if named in known:
            return named
        publishing = (
            name
            for name, one in list(known.items())
            for destination in one.event_destinations.values()
            if destination.get("SnsDestination", {}).get("TopicArn") == topic
        )
        return next(publishing, named or "sandbox")


def _named_set(text: str) -> str:
    try:
        named = json.loads(text)["mail"]["tags"]["ses:configuration-set"][0]
    except (ValueError, LookupError, TypeError):
        return ""
    return named if isinstance(named, str) else ""
