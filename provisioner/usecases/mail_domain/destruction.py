"""What goes with a domain and what stays, said before anything is touched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from provisioner.core.mail_domain.records import Purpose, desired_records
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import, smtp_user_at
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.terraform.subject import subject_of_import
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.existing import existing
from provisioner.usecases.mail_domain.leaving_dns import DnsLeft
from provisioner.usecases.mail_domain.shared_txt import giving_back, leaves_set_behind
from provisioner.usecases.mail_domain.survey import Survey


@dataclass(frozen=True, slots=True)
class Destruction:
    """What was (or, in a dry run, would be) done to take a domain away, in this account and region.

    `actions` name every resource that goes and the TXT set that is given back, `access_keys` (IAM user, id) what goes
    with the users; `kept_zone` is the id of a zone of ours left in place, `left` what somebody has to do by hand in
    DNS. `known` is false for a domain that is neither in this home nor on AWS.
    """

    domain: DomainName
    account: str
    region: Region
    actions: tuple[Change, ...] = ()
    access_keys: tuple[tuple[str, str], ...] = ()
    kept_zone: str | None = None
    known: bool = True
    left: DnsLeft = field(default_factory=DnsLeft)

    @property
    def changes(self) -> Mapping[str, int]:
        """The counts, in the form of a plan's."""
        return Plan("", self.actions).counts

    def to_document(self, *, applied: bool) -> dict[str, object]:
        """Return one entry of `destroy-domain --json`; `destroyed` is false when nothing was touched."""
        return {
            "domain": self.domain.ascii,
            "account": self.account,
            "region": self.region.name,
            "destroyed": applied and self.known,
            "changes": dict(self.changes),
            "kept_zone": self.kept_zone,
            "access_keys": [{"iam_user": user, "id": key} for user, key in self.access_keys],
            "plan": Plan("", self.actions).to_document(),
            **self.left.to_document(),
        }


@dataclass(frozen=True, slots=True)
class Look:
    """What a destruction would do, and what exists although the state has lost it (`lost`)."""

    going: Destruction
    lost: tuple[Import, ...]


def look(edges: Edges, seen: Survey, plan: Plan, kept: str | None, left: DnsLeft) -> Look:
    """Say what goes when the domain is destroyed, by a plan of the destruction that nothing was detached from yet."""
    survivors = ({addresses.ZONE} if kept is not None else set()) | (
        {addresses.record(Purpose.SPF)} if leaves_set_behind(seen) else set()
    )
    planned = [change for change in plan.changes if change.acts and change.address not in survivors]
    given_back = filter(None, (giving_back(seen),))
    known = {change.address for change in plan.changes} | survivors
    lost = existing(edges, seen, addresses.addresses_of(seen.spec) - known, take_over=False)
    gone = [*planned, *(_deleted(seen, found) for found in lost)]
    going = Destruction(
        domain=seen.spec.domain,
        account=edges.account.caller().account,
        region=seen.spec.region,
        actions=(*gone, *given_back),
        access_keys=_access_keys(edges, seen.spec.domain, [change.address for change in gone]),
        kept_zone=kept,
        left=left,
    )
    return Look(going, lost)


def _deleted(seen: Survey, found: Import) -> Change:
    """Return the deletion of a resource that the state does not know yet."""
    rtype = addresses.type_of(found.address)
    tokens = seen.identity.dkim_tokens if seen.identity else ()
    records = {addresses.record(r.purpose, r.index): r for r in desired_records(seen.spec, tokens)}
    record = records.get(found.address)
    before = {} if record is None else {"records": list(record.values)}
    return Change(found.address, rtype, ("delete",), False, subject_of_import(rtype, found.id), before, None)


def _access_keys(edges: Edges, domain: DomainName, gone: Collection[str]) -> tuple[tuple[str, str], ...]:
    users = [user for address in gone if (user := smtp_user_at(domain, address))]
    return tuple((user.iam_user, key.id) for user in users for key in edges.users.keys(user.iam_user))
