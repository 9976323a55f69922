"""What AWS has of an audit pipeline, hop by hop, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from provisioner.core.audit.names import COLLECTOR, DEAD_LETTER_QUEUE, QUEUE, TOPIC
from provisioner.core.findings import Finding, Severity

_DEPLOY = ("audit", "deploy")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue, and how many messages wait in it."""

    url: str
    messages: int


@dataclass(frozen=True, slots=True)
class Hops:
    """The way of an event, None for what does not exist; `subscribed` says that the queue hears the topic.

    `collector` is the state of the function in Lambda's words. `last_collected` is when the archive last got something
    of the past two weeks, None where it got nothing.
    """

    topic: bool
    subscribed: bool
    queue: Waiting | None
    dead_letters: Waiting | None
    collector: str | None
    archive: bool
    last_collected: datetime | None = None

    @property
    def deployed(self) -> bool:
        """Whether anything stands between the domains and the archive."""
        return self.topic or self.queue is not None or self.collector is not None


def findings_of(hops: Hops, bucket: str, unattached: Sequence[str]) -> Iterator[Finding]:
    """Go through what is wrong, in the order in which an event meets it; nothing is wrong where nothing is deployed."""
    if not hops.deployed:
        return
    there = (
        ("topic", f"topic {TOPIC}", hops.topic),
        ("queue", f"queue {QUEUE}", hops.queue),
        ("dead_letters", f"queue {DEAD_LETTER_QUEUE}", hops.dead_letters),
        ("collector", f"function {COLLECTOR}", hops.collector),
        ("archive", f"bucket {bucket}", hops.archive),
    )
    yield from (_missing(f"audit.no_{name}", subject) for name, subject, found in there if not found)
    if hops.topic and not hops.subscribed:
        yield _broken("audit.not_subscribed", f"topic {TOPIC}", "the queue does not hear it, so what SES tells is lost")
    if hops.collector not in (None, "Active"):
        yield _broken("audit.collector_down", f"function {COLLECTOR}", f"its state is {hops.collector}, not Active")
    if hops.dead_letters and hops.dead_letters.messages:
        yield Finding(
            "audit.dead_letters", Severity.WARNING, f"queue {DEAD_LETTER_QUEUE}",
            f"{hops.dead_letters.messages} messages are in it that nobody could read, or that failed five times",
            "provisioner audit collect --dead-letters", command=("audit", "collect", "--dead-letters"),
        )  # fmt: skip  # one finding
    for domain in unattached:
        what = "its configuration set does not publish to the pipeline, so nothing of its mail is kept"
        yield Finding("audit.unattached", Severity.ERROR, domain, what, "provisioner audit deploy", command=_DEPLOY)


def _missing(name: str, subject: str) -> Finding:
    return _broken(name, subject, "it does not exist")


def _broken(name: str, subject: str, what: str) -> Finding:
    return Finding(name, Severity.ERROR, subject, what, "provisioner audit deploy", command=_DEPLOY)
