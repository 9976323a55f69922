"""The options of one command line, before they meet what is remembered of the domain."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.request import Dmarc, DmarcPolicy, Request, Spf, Tls, ZoneMode
from provisioner.core.asked.senders import SenderChange, Senders
from provisioner.core.asked.tags import TagChange, Tags
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given now; None is "not given" and keeps what is remembered.

    `region` was given as an option, `default_region` comes from the environment or the AWS profile and counts only for
    a domain of which nothing is remembered. `tags` are all that there shall be, or what changes in those remembered;
    `senders` are added, and none goes unless a change says so: its password may be in use. `confirmed`: a take-over may
    replace settings that are in use. `taken_back` names options of which nothing shall be remembered any more.
    """

    region: Region | None = None
    default_region: Region | None = None
    zone: ZoneMode | None = None
    contact: EmailAddress | None = None
    customer: str | None = None
    mail_from: str | None = None
    dmarc: Dmarc | DmarcPolicy | None = None
    dmarc_rua: EmailAddress | None = None
    delegation_set: str | None = None
    spf: Spf | None = None
    tls: Tls | None = None
    permissions_boundary: Boundary | None = None
    ignore_tags: IgnoredTags | None = None
    tags: Tags | TagChange | None = None
    senders: Senders | SenderChange | None = None
    take_over: bool = False
    allow_delete: tuple[str, ...] = ()
    confirmed: bool = False
    taken_back: frozenset[str] = frozenset()

    @property
    def dropped_senders(self) -> tuple[str, ...]:
        """The names of the senders that were named to be taken away."""
        return self.senders.drop if isinstance(self.senders, SenderChange) else ()

    def over(self, domain: DomainName, before: Request | None) -> Request:
        """Return the request that results.

        Raises `Refused` for a change that would need a new domain, `InputError` for a first request without a region,
        for too many tags or senders, and for a hosted zone where there is none.
        """
        if before is None:
            return _with_dns(domain, self._options_over(Request(region=self._first_region())))
        if self.region is not None and self.region != before.region:
            raise Refused(
                "region_changed",
                f"{domain} is provisioned in {before.region.name}, not in {self.region.name}",
                "leave --region out, or destroy the domain first: a MAIL FROM host can serve one region only",
            )
        if self.delegation_set is not None and self.delegation_set != before.delegation_set:
            raise Refused(
                "delegation_set_changed",
                f"{domain}: its zone was made with {before.delegation_set or 'no delegation set'}",
                "a zone keeps its name servers: leave --delegation-set out, or destroy the domain first",
            )
        return self._options_over(before)

    def _options_over(self, before: Request) -> Request:
        kept = before.without_options(self.taken_back)
        return kept.with_options(
            zone=self.zone,
            contact=self.contact,
            customer=self.customer,
            mail_from=self.mail_from,
            dmarc=self.dmarc,
            dmarc_rua=self.dmarc_rua,
            delegation_set=self.delegation_set,
            spf=self.spf,
            tls=self.tls,
            permissions_boundary=self.permissions_boundary,
            ignore_tags=self.ignore_tags,
            tags=self.tags.over(kept.tags) if isinstance(self.tags, TagChange) else self.tags,
            senders=self.senders.over(kept.senders) if self.senders else None,
        )

    def _first_region(self) -> Region:
        region = self.region or self.default_region
        if region is None:
            raise InputError(
                "no_region", "no AWS region was named", "give --region, or set AWS_REGION, e.g. AWS_REGION=us-east-1"
            )
        return region


def _with_dns(domain: DomainName, request: Request) -> Request:
    """Return a first request, whose records have a place to go to (AWS GovCloud (US) user guide, "Amazon Route 53")."""
    if request.region.has_public_zones or request.zone is ZoneMode.EXTERNAL:
        return request
    raise InputError(
        "no_public_zones",
        f"{domain}: in AWS GovCloud (US), where {request.region.name} is, Route 53 has no public hosted zones",
        "give --zone external, and publish the records where the DNS of the domain is",
    )
