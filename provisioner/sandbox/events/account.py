"""What becomes of a message of the account: events of each recipient, and what they put on the suppression list."""

from collections.abc import Iterable, Iterator, Mapping

from provisioner.sandbox.events import record
from provisioner.sandbox.events.outcome import ORDINARY, Outcome, at_simulator, suppressed
from provisioner.sandbox.events.record import Json
from provisioner.sandbox.events.virus import has_virus
from provisioner.sandbox.ses.sent import SentMail, new_id
from provisioner.sandbox.ses.suppression import reasons_in_effect, suppress, suppression

Chosen = Mapping[str, Outcome]  # by address in lower case: how mailboxes answer that somebody chose


def events_of(mail: SentMail, chosen: Chosen, region: str) -> Iterator[Json]:
    """Yield what SES tells of a message it just took, in the order in which it happens.

    Recipients of one host with the same outcome share their events, as they share a conversation with its server.
    """
    yield record.send(mail)
    if has_virus(mail.raw):
        yield record.reject(mail)
        return
    groups: dict[tuple[str, Outcome], list[str]] = {}
    for recipient in mail.recipients:
        outcome = _outcome(recipient, mail.configuration_set, chosen, region)
        groups.setdefault((recipient.rpartition("@")[2].lower(), outcome), []).append(recipient)
    for (_, outcome), recipients in groups.items():
        yield from _events(mail, recipients, outcome, region)


def _outcome(recipient: str, configuration_set: str | None, chosen: Chosen, region: str) -> Outcome:
    listed = suppression(recipient, configuration_set, region)
    if listed:
        return suppressed(listed)
    own_list = "BOUNCE" in reasons_in_effect(configuration_set, region)
    return at_simulator(recipient, own_list=own_list) or chosen.get(recipient.lower(), ORDINARY)


def _events(mail: SentMail, recipients: list[str], outcome: Outcome, region: str) -> Iterator[Json]:
    if outcome.delay:
        yield record.delay(mail, recipients, outcome.delay)
    if outcome.delivered:
        yield record.delivery(mail, recipients, outcome.delivered, region)
    feedback_id = new_id()
    if outcome.bounce:
        yield record.bounce(mail, recipients, outcome.bounce, feedback_id, region)
        if outcome.bounce.kind == "Permanent":
            _note(recipients, "BOUNCE", mail, feedback_id, region)
    if outcome.complaint is not None:
        yield record.complaint(mail, recipients, outcome.complaint, outcome.complaint_sub_kind, feedback_id)
        _note(recipients, "COMPLAINT", mail, feedback_id, region)


def _note(recipients: Iterable[str], reason: str, mail: SentMail, feedback_id: str, region: str) -> None:
    """Put addresses on the account's list; those of the simulator never, nor those that are on it."""
    for recipient in recipients:
        is_free = suppression(recipient, mail.configuration_set, region) is None
        if is_free and at_simulator(recipient, own_list=True) is None:
            ids = {"MessageId": mail.message_id, "FeedbackId": feedback_id}
            suppress(recipient, reason, mail.configuration_set, region, **ids)
