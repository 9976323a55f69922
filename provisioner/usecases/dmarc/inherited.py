"""The policy of a domain that names none: the one above it, and what is lost of that one with a record of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.discovery import Applicable
from provisioner.core.dmarc.record import DmarcRecord, policy_of
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.show import applicable_record

_STRICTNESS = (DmarcPolicy.NONE, DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT)


@dataclass(frozen=True, slots=True)
class Inherited:
    """What applies to a domain without a record of its own; `unknown` is why DNS did not say."""

    domain: DomainName
    applicable: Applicable | None
    unknown: str = ""

    @property
    def policy(self) -> DmarcPolicy | None:
        """The policy from above, None when there is none or nobody knows."""
        return self.applicable.policy if self.applicable else None

    def notes(self, policy: DmarcPolicy, rua: EmailAddress | None) -> Iterator[str]:
        """Say what a record of its own with this policy and report address takes away."""
        if self.unknown:
            yield f"whether a record above applied until now, DNS did not say: {self.unknown}"
        found = self.applicable.found if self.applicable else None
        if found is None or found.record is None:
            return
        if self.policy and _STRICTNESS.index(policy) < _STRICTNESS.index(self.policy):
            yield f"weaker than the policy that {found.name} gave it until now: {self.policy}"
        if found.record.uris("rua") and rua is None:
            reports = ", ".join(uri.text for uri in found.record.uris("rua"))
            yield (
                f"reports about {self.domain} go nowhere any more: those that {found.name} asks for ({reports}) are "
                "about names without a record of their own; give --rua to get them"
            )


def inherited(edges: Edges, domain: DomainName) -> Inherited:
    """Look for the record above a domain that has none."""
    try:
        return Inherited(domain, applicable_record(edges.resolver.lookup, domain))
    except ProvisionerError as error:
        return Inherited(domain, None, error.message)


def missing_policy(domain: DomainName, record: DmarcRecord) -> DmarcPolicy | None:
    """Return what receivers take instead of a policy that the record does not name; None when it names one.

    Raises `InputError("no_policy")` when they take nothing.
    """
    if policy_of(record.get("p")) is not None:
        return None
    if record.policy is None:
        raise no_policy(domain, f"p={record.get('p') or ''} is no policy")
    return record.policy


def no_policy(domain: DomainName, why: str) -> InputError:
    """Return the error of a record that has no policy to keep."""
    message = f"{domain}: there is no DMARC policy to keep: {why}"
    return InputError("no_policy", message, "give --policy as well: --policy none only asks for reports")
