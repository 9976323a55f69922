"""What this home remembers of its domains; AWS is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Dmarc, Request
from provisioner.core.asked.senders import Sender
from provisioner.core.credentials.rotation import Stage, under_way
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.mail_domain.standing import DomainStanding
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.credentials import CredentialStore
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """A domain of which this home knows what was asked; `decisions` None when nothing was decided yet.

    `zone_id` is the hosted zone as it was last seen on AWS. `account` is the number of the AWS account in which it is,
    None when nobody wrote it down yet. `standing` is how it stood when a command last looked, None when none has, and
    `rotations` which of its users had two access keys, by the sender's name.
    """

    domain: DomainName
    request: Request
    decisions: Decisions | None
    account: str | None
    standing: DomainStanding | None
    zone_id: str | None = None
    rotations: Mapping[str | None, Stage] = field(default_factory=dict)

    @property
    def decided(self) -> Decisions:
        """What was decided; raises `ProvisionerError("undecided")` when nothing was yet."""
        if self.decisions is None:
            message = f"{self.domain}: it was not decided yet where its records go"
            raise ProvisionerError("undecided", message, f"run `provisioner new-domain {self.domain}`")
        return self.decisions

    @property
    def smtp_users(self) -> tuple[SmtpUser, ...]:
        """The domain's main SMTP user and those of its senders."""
        return SmtpUser(self.domain), *(SmtpUser(self.domain, name) for name in self.request.senders.names)

    def spec(self, identity: IdentityStatus | None = None) -> MailDomain:
        """Return what the domain should be."""
        return spec_of(self.domain, self.request, self.decided, identity)

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `list --json`."""
        return {
            "domain": self.domain.ascii,
            "region": self.request.region.name,
            "account": self.account,
            "zone": self.decisions.zone.mode if self.decisions else None,
            "customer": self.request.customer,
            "contact": str(self.request.contact) if self.request.contact else None,
            "sending": self.standing.domain.to_document() if self.standing else None,
            "paused_senders": list(self.standing.paused_senders) if self.standing else [],
            "rotations": [{"sender": name, "stage": str(stage)} for name, stage in under_way(self.rotations)],
        }

    def details(self, store: CredentialStore) -> dict[str, Any]:
        """Return the document of `show --json`: the entry of the list, and what the domain should be."""
        spec = self.spec()
        return self.to_document() | {
            "zone_id": spec.zone.id or self.zone_id,
            "mail_from": spec.mail_from,
            "dmarc": self.request.dmarc or spec.dmarc,
            "dmarc_record": self._dmarc_record(),
            "dmarc_rua": str(spec.dmarc_rua) if spec.dmarc_rua else None,
            "spf": self.request.spf,
            "tls": self.request.tls,
            "delegation_set": spec.delegation_set,
            "tags": self.request.tags.to_document(),
            "ignore_tags": str(self.request.ignore_tags),
            "permissions_boundary": self.request.permissions_boundary.arn,
            "configuration_set": spec.configuration_set,
            "iam_user": spec.iam_user,
            "credential": _place(store, SmtpUser(self.domain)),
            "senders": [self._sender(sender, store) for sender in self.request.senders.listed],
        }

    def _dmarc_record(self) -> str | None:
        """Whose DMARC record applies to the domain; None when nobody could say yet."""
        if self.request.dmarc is Dmarc.SKIP:
            return "skipped"
        if self.decided.dmarc_theirs:
            return "theirs"
        return {True: "inherited", False: "ours", None: None}[self.decided.dmarc_inherited]

    def _sender(self, sender: Sender, store: CredentialStore) -> dict[str, Any]:
        user = SmtpUser(self.domain, sender.name)
        return {
            "name": sender.name,
            "address": sender.address(self.domain),
            "iam_user": user.iam_user,
            "credential": _place(store, user),
        }


def _place(store: CredentialStore, user: SmtpUser) -> str | None:
    return store.location(user) if store.load(user) else None


def recall(edges: Edges, domain: DomainName) -> KnownDomain:
    """Return what is remembered of the domain; raises `InputError` when nothing is."""
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    if workspace is None or remembered is None:
        raise unknown_domain(domain)
    return _known(workspace, remembered)


def unknown_domain(domain: DomainName) -> InputError:
    """Return the error of a domain that nobody provisioned from this home."""
    return InputError(
        "unknown_domain",
        f"{domain}: this home knows nothing of it",
        f"`provisioner new-domain {domain}` makes it, or takes in what AWS has of it; or name the right --home",
    )


def list_domains(edges: Edges) -> list[KnownDomain]:
    """Return every domain of the home, by name."""
    kept = [(workspace, workspace.recall()) for workspace in edges.workspaces.all()]
    return [_known(workspace, one) for workspace, one in kept if one is not None]


def _known(workspace: Workspace, one: Remembered) -> KnownDomain:
    standing, rotations = workspace.noted_standing(), workspace.noted_rotations()
    return KnownDomain(workspace.domain, one.request, one.decisions, one.account, standing, one.zone_id, rotations)
