"""A domain in DNS that is kept in memory, of which something may be wrong; and how that is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from fakes.aws import TOKENS, identity
from fakes.internet import SERVERS, FakeInternet, settled
from provisioner.core.asked.decisions import ResolvedMode, ResolvedZone
from provisioner.core.checks.catalogue import Area, checks_of, diagnose
from provisioner.core.checks.observed import Observed, ZonesSeen
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import desired_records, static_records
from provisioner.core.mail_domain.spec import MailDomain

DOMAIN, MAIL_FROM, DMARC = "example.com", "bounce.example.com", "_dmarc.example.com"
DKIM = [f"{token}._domainkey.example.com" for token in TOKENS]
TARGETS = [f"{token}.dkim.amazonses.com" for token in TOKENS]
AMAZON = {("amazonses.com", "TXT"): ["v=spf1 ip4:199.255.192.0/22 -all"]} | {
    (target, "TXT"): ["p=key"] for target in TARGETS
}
SHORT = f"{TOKENS[0][:31]}._domainkey.example.com"
OURS = HostedZone("ZOURS", DOMAIN, SERVERS, {})
OTHER = HostedZone("ZOTHER", DOMAIN, ("ns-9.other.net", "ns-8.other.net"), {})


@dataclass
class Patient:
    """A domain, and what is known of it; `net` is public DNS."""

    spec: MailDomain
    net: FakeInternet
    zones: ZonesSeen = field(default_factory=lambda: ZonesSeen((OURS,), (), OURS, "ZOURS"))
    identity: Any = field(default_factory=lambda: identity(DOMAIN, "SUCCESS"))
    records: Any = None

    def elsewhere(self) -> FakeInternet:
        """Be a domain whose zone is not in Route 53; return public DNS."""
        self.spec = replace(self.spec, zone=ResolvedZone(ResolvedMode.EXTERNAL, DOMAIN, None))
        self.zones = ZonesSeen()
        return self.net

    def findings(self, *areas: Area) -> tuple[Finding, ...]:
        """All that the checks of DNS say."""
        checks = checks_of(areas or (Area.ZONE, Area.RECORDS))
        return settled(self.net, lambda dns: diagnose(self._observed(dns), checks))

    def _observed(self, dns: PublicDns) -> Observed:
        records = static_records(self.spec) if self.records is None else self.records
        return replace(self.base, spec=self.spec, dns=dns, zones=self.zones, identity=self.identity, records=records)

    base: Observed = field(default=None)  # type: ignore[assignment]  # set by the fixture


Change = Callable[[Patient], object]


@dataclass(frozen=True)
class Case:
    words: str
    make: Change
    found: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.words


def patient_of(of_domain: MailDomain, base: Observed) -> Patient:
    """Return the domain as it shall be."""
    records = {(one.name, one.type): list(one.values) for one in desired_records(of_domain, TOKENS)}
    records[DOMAIN, "MX"] = ["10 mx.mailhost.net"]
    net = FakeInternet().zone(DOMAIN, records).zone("amazonses.com", AMAZON, ["ns1.amazon.net"])
    return Patient(of_domain, net, base=base)


def named(findings: tuple[Finding, ...]) -> list[str]:
    """What was found bad and follows from nothing else, the worst first."""
    return [f"{one.id} {one.severity}" for one in findings if one.severity is not Severity.OK and not one.caused_by]


def shows(patient: Patient, case: Case) -> None:
    """Bring the domain into the state of the case, and hold what is found against it."""
    case.make(patient)
    found = patient.findings()
    assert named(found) == list(case.found), "\n".join(f"{one.id}: {one.subject}: {one.message}" for one in found)
    for word in case.says:
        assert word in f"{found[0].message} {found[0].remedy}"
