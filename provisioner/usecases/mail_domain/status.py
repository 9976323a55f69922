"""How a domain stands on AWS and in public DNS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from provisioner.core.account.ses import SesAccount
from provisioner.core.asked.senders import Sender
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.report import ZoneReport, identity_document
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.mail_domain.standing import DomainStanding, standing_steps
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, Interrupted, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.decisions.zone import find_zone
from provisioner.usecases.mail_domain.describe import describe_zone, repair_steps
from provisioner.usecases.mail_domain.own_account import in_own_account
from provisioner.usecases.mail_domain.verification import wait_until_settled
from provisioner.usecases.standing import standing_of


@dataclass(frozen=True, slots=True)
class DomainStatus:
    """A domain as SES and DNS see it now."""

    spec: MailDomain
    identity: IdentityStatus | None
    zone: ZoneReport
    standing: DomainStanding
    account: SesAccount

    @property
    def settled(self) -> bool:
        """Whether the domain is verified with DKIM and MAIL FROM."""
        return self.identity is not None and self.identity.is_settled

    @property
    def may_send(self) -> bool:
        """Whether mail goes out to everybody, from the domain and as each of its senders, as far as is known."""
        return (
            self.settled
            and self.account.may_send
            and self.sending["enabled"] is True
            and not self.standing.paused_senders
        )

    @property
    def sending(self) -> dict[str, object]:
        """The `sending` object; without a configuration set nothing is let out or paused, and `enabled` is None."""
        document = self.standing.domain.to_document()
        return document if self.standing.has_switch or not document["enabled"] else document | {"enabled": None}

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What is paused, and what to do about an identity that does not become right by waiting."""
        domain = self.spec.domain
        return (*standing_steps(domain, self.standing), *repair_steps(domain, self.identity))

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `status --json`."""
        return {
            "domain": self.spec.domain.ascii,
            "region": self.spec.region.name,
            "identity": identity_document(self.spec, self.identity),
            "zone": self.zone.to_document(),
            "sending": self.sending,
            "senders": [self._sender(sender) for sender in self.spec.senders.listed],
            "account": self.account.to_document(),
            "next_steps": [*self.next_steps, *self.account.notes],
        }

    def _sender(self, sender: Sender) -> dict[str, Any]:
        address = sender.address(self.spec.domain)
        return {"name": sender.name, "address": address, "sending": self.standing.of(sender.name).to_document()}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of several domains: how they stand, and of those that could not be looked at why."""

    statuses: Sequence[DomainStatus]
    errors: Sequence[ProvisionerError]

    @property
    def error(self) -> ProvisionerError | None:
        """The errors as one, None when there is none: bad input only when nothing else went wrong."""
        if len(self.errors) < 2:  # noqa: PLR2004 - one needs no list
            return next(iter(self.errors), None)
        worst = next((error for error in self.errors if not isinstance(error, InputError)), self.errors[0])
        kind = InputError if isinstance(worst, InputError) else ProvisionerError
        hints = "; ".join(dict.fromkeys(error.hint for error in self.errors if error.hint))
        return kind(worst.code, "; ".join(error.message for error in self.errors), hints)

    def to_document(self) -> dict[str, Any]:
        """Return the document of `status --json`, with the error, if any, beside the domains."""
        document: dict[str, Any] = {"domains": [status.to_document() for status in self.statuses]}
        return document | ({"error": self.error.to_document()} if self.error else {})


def look_at(edges: Edges, domains: Sequence[DomainName], wait: timedelta | None) -> Looked:
    """Ask about each domain as `status_of` does; one that fails does not hide the others.

    Raises its error when there is nothing else to show.
    """
    statuses, errors = [], []
    for domain in dict.fromkeys(domains):
        try:
            statuses.append(status_of(edges, domain, wait))
        except Interrupted:
            raise
        except ProvisionerError as error:
            errors.append(error)
    looked = Looked(statuses, errors)
    if looked.error is not None and not statuses:
        raise looked.error
    return looked


def status_of(edges: Edges, domain: DomainName, wait: timedelta | None) -> DomainStatus:
    """Ask SES, Route 53 and DNS about one domain, until it is settled or `wait` is over."""
    known = recall(edges, domain)
    in_own_account(edges, domain, known.account)
    identity = wait_until_settled(edges, domain, known.request.region, wait or timedelta())
    spec = known.spec(identity)
    zone = find_zone(edges, spec.zone)
    live = partial(edges.zones.record_sets, zone.id if zone else "")
    return DomainStatus(
        spec,
        identity,
        describe_zone(edges, spec, zone, live),
        standing_of(edges, domain, known.request, identity),
        edges.identities.ses_account(spec.region),
    )
