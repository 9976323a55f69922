"""State is a cache, AWS is the truth: what exists of a domain and is missing in the state is imported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

from provisioner.core.asked.provenance import is_ours
from provisioner.core.audit.names import EVENT_DESTINATION
from provisioner.core.mail_domain.records import Purpose, Record, desired_records
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import
from provisioner.core.values.resource_names import USER_POLICY
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.decisions.zone import is_our_zone
from provisioner.usecases.mail_domain.survey import Survey

Look = Callable[[], str | None]  # returns the id by which Terraform imports a resource, None where there is none


def existing(edges: Edges, seen: Survey, missing: Collection[str], *, take_over: bool) -> tuple[Import, ...]:
    """Return imports for what exists on AWS although its address is among those `missing` in the state.

    Raises `Refused` for resources of our names without our tags, unless they are to be taken over.
    """
    resources = _Resources(edges, seen, cache(edges.users.tags), take_over=take_over)
    ids = ((address, look()) for address, look in resources.looks() if address in missing)
    return tuple(Import(address, found) for address, found in ids if found is not None)


@dataclass(frozen=True, slots=True)
class _Resources:
    """What AWS has of one domain; nothing is asked before a look is called. `tags` are those of an IAM user."""

    edges: Edges
    seen: Survey
    tags: Callable[[str], Mapping[str, str] | None]
    take_over: bool

    def looks(self) -> Iterator[tuple[str, Look]]:
        """Go through the addresses of the domain, each with how to look whether its resource exists."""
        yield addresses.ZONE, self._zone
        yield addresses.IDENTITY, self._identity
        yield addresses.MAIL_FROM, self._mail_from
        yield addresses.CONFIGURATION_SET, self._configuration_set
        yield addresses.EVENTS, self._events
        for user in self.seen.spec.smtp_users:
            yield addresses.iam_user(user), partial(self._user, user)
            yield addresses.user_policy(user), partial(self._policy, user)
        tokens = self.seen.identity.dkim_tokens if self.seen.identity else ()
        for record in desired_records(self.seen.spec, tokens):
            yield addresses.record(record.purpose, record.index), partial(self._record, record)

    def _zone(self) -> str | None:
        zone, domain = self.seen.zone, self.seen.spec.domain
        if zone is None or not self.seen.spec.zone.is_ours:
            return None
        if not is_our_zone(zone, domain, self.seen.live):
            raise Refused(
                "zone_exists",
                f"{domain}: hosted zone {zone.id} of this name exists and is not ours; a second one would have other "
                "name servers",
                "use --zone adopt to put the records there",
            )
        return zone.id

    def _identity(self) -> str | None:
        identity = self.seen.identity
        if identity is None:
            return None
        self._check_ours(f"SES identity {identity.arn}", identity.tags)
        return self.seen.spec.domain.ascii

    def _mail_from(self) -> str | None:
        identity = self.seen.identity
        return self.seen.spec.domain.ascii if identity and identity.mail_from_domain else None

    def _configuration_set(self) -> str | None:
        name = self.seen.spec.configuration_set
        tags = self.edges.identities.configuration_set_tags(name, self.seen.spec.region)
        if tags is None:
            return None
        self._check_ours(f"configuration set {name}", tags)
        return name

    def _events(self) -> str | None:
        """Look for the event destination of our name, whatever it says: the plan corrects it."""
        name = self.seen.spec.configuration_set
        listed = self.edges.identities.event_destinations(name, self.seen.spec.region)
        return next((f"{name}|{one.name}" for one in listed if one.name == EVENT_DESTINATION), None)

    def _user(self, user: SmtpUser) -> str | None:
        tags = self.tags(user.iam_user)
        if tags is None:
            return None
        self._check_ours(f"IAM user {user.iam_user}", tags)
        return user.iam_user

    def _policy(self, user: SmtpUser) -> str | None:
        name = user.iam_user
        regions = None if self.tags(name) is None else self.edges.users.policy_regions(name, USER_POLICY)
        if regions is None:
            return None
        self._check_region(name, regions)
        return f"{name}:{USER_POLICY}"

    def _record(self, wanted: Record) -> str | None:
        """Look for the record set in the zone; one that is neither ours nor as we want it stays alone."""
        zone = self.seen.zone
        at_name = (r for r in self.seen.live if (r.name, r.type) == (wanted.name, wanted.type) and r.is_simple)
        standing = next(at_name, None)
        if zone is None or standing is None or not self._is_to_be_taken(wanted, standing):
            return None
        return f"{zone.id}_{wanted.name}_{wanted.type}"

    def _is_to_be_taken(self, wanted: Record, standing: Record) -> bool:
        """Say whether the set is ours. Ours came after the identity; before it, only the merged set is our business."""
        if wanted.purpose is Purpose.SPF:
            return True  # what others keep in the set is part of what we want there
        identity = self.seen.identity
        if identity is None or not is_ours(identity.tags, self.seen.spec.domain):
            return False
        return wanted.purpose in (Purpose.DKIM, Purpose.DMARC) or wanted.values == standing.values

    def _check_region(self, user: str, regions: Collection[str]) -> None:
        """Refuse to turn a user, whose name says nothing of a region, away from the one that its credentials are of."""
        domain, ours = self.seen.spec.domain, self.seen.spec.region.name
        if self.take_over or not regions or ours in regions:
            return
        there = min(regions)
        raise Refused(
            "other_region",
            f"{domain}: IAM user {user} sends from {there}, and could not any more if it sent from {ours}",
            f"give --region {there}, or destroy the domain there first: "
            f"`provisioner destroy-domain {domain} --region {there}`",
        )

    def _check_ours(self, what: str, tags: Mapping[str, str]) -> None:
        domain = self.seen.spec.domain
        if not self.take_over and not is_ours(tags, domain):
            raise Refused(
                "not_ours",
                f"{domain}: {what} exists and does not carry our tags (ManagedBy, Domain)",
                "delete it if nothing uses it, or give --take-over to manage it from now on",
            )
