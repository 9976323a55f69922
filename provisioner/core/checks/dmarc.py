"""DMARC of a domain that sends through SES, as receivers find it: the one judgement that all commands share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.checks.dmarc_reports import reports
from provisioner.core.dmarc.advice import Published, advise
from provisioner.core.dmarc.discovery import Applicable, Step, above, look_up
from provisioner.core.dmarc.record import DmarcRecord, is_meant_as_dmarc, policy_of
from provisioner.core.dns.answers import DnsAnswer, Found, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.values.domain import DomainName

_STRICTNESS = (DmarcPolicy.NONE, DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT)
_REPEAT = "check the network, PROVISIONER_DNS_SERVER and the zone's name servers, then repeat"
_POLICY, _TREE_WALK = "RFC 9989 section 4.10.1", "RFC 9989 section 4.10"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a domain beside its DMARC record.

    `mail_from` is its MAIL FROM host at SES, `wanted` the record that we publish, None where we do not. `names_below`
    are names below the domain that mail is sent from and that have no identity of their own. `random_label` is one that
    nobody has a record for, by which a wildcard is told; `place` says who answers. `is_managed`: `wanted` is written by
    `new-domain`, and no other command touches what somebody has put in its place.
    """

    mail_from: str | None = None
    wanted: str | None = None
    names_below: tuple[str, ...] = ()
    random_label: str | None = None
    place: str = "the resolver"
    is_managed: bool = False


def check(domain: DomainName, setting: Setting, ask: Ask) -> Iterator[Finding]:
    """Judge the record that applies to a domain, and whatever stands at the domain's own name."""
    asked = remembering(ask)
    wildcard = asked(domain.child(setting.random_label), "TXT") if setting.random_label else None
    match look_up(domain, asked):
        case Unreachable(reason):
            message = f"nobody can say which DMARC record applies: {reason}"
            evidence = {"reason": reason}
            subject = f"TXT {domain.child('_dmarc')}"
            yield Finding(NOT_RUN, Severity.WARNING, subject, message, _REPEAT, evidence=evidence)
        case Applicable() as applicable:
            yield from _Check(domain, setting, asked, wildcard, applicable).findings()


def rejects_own_mail(
    applicable: Applicable, *, is_signed: bool, has_mail_from: bool, is_changed: bool = False
) -> Iterator[Finding]:
    """Say that the domain's own policy is against all of its mail, where neither DKIM nor MAIL FROM works.

    `is_signed` is false when receivers can verify none of its DKIM signatures, `has_mail_from` when SPF does not align
    since SES falls back to a domain of its own; with `aspf=s` it never does. `is_changed` says that somebody has put
    another record in the place of ours, which `dmarc set` does not touch.
    """
    policy, record = applicable.policy, applicable.found.record if applicable.found else None
    if applicable.found is None or record is None or policy in (None, DmarcPolicy.NONE):
        return
    if is_signed or (has_mail_from and (record.get("aspf") or "").lower() != "s"):
        return
    done = "refuse" if policy is DmarcPolicy.REJECT else "put into spam"
    message = f"receivers {done} every message of the domain: its policy is {policy}, and neither DKIM nor SPF can pass"
    name = applicable.domain.ascii
    command = ("new-domain", name, "--dmarc", "none") if is_changed else ("dmarc", "set", name, "--policy", "none")
    remedy = f"restore DKIM; until then `provisioner {' '.join(command)}`"
    subject, evidence = f"TXT {applicable.found.name}", {"found": list(applicable.found.texts), "policy": str(policy)}
    yield Finding(
        "dmarc.rejects_own_mail", Severity.ERROR, subject, message, remedy, "RFC 9989 section 5", evidence, command
    )


@dataclass(frozen=True, slots=True)
class _Check:
    domain: DomainName
    setting: Setting
    ask: Ask
    wildcard: DnsAnswer | None
    applicable: Applicable

    def findings(self) -> Iterator[Finding]:
        """Judge it; where another record stands in the place of ours, `new-domain` is the command that helps."""
        drifted = self.setting.is_managed and self.applicable.own.texts != (self.setting.wanted,)
        for finding in self._found():
            command = finding.command or ()
            is_own = command[:1] == ("dmarc",) and self.domain.ascii in command
            yield self._ours_back(finding) if drifted and is_own and self.setting.wanted else finding

    def _ours_back(self, finding: Finding) -> Finding:
        remedy = f"`provisioner new-domain {self.domain}` puts ours back: {self.setting.wanted}"
        return replace(finding, remedy=remedy, command=("new-domain", self.domain.ascii))

    def _found(self) -> Iterator[Finding]:
        own = self._published(self.applicable.own)
        if own.records:
            advice = advise(own)
            yield from self._against_wanted(own, advice)
            yield from advice
            yield from self._against_parent(own)
            yield from reports(own, self.ask)
        elif broken := advise(own):
            yield from broken
        elif self.setting.wanted is not None or self.applicable.found is None:
            yield self._absent(own)
        else:
            yield from self._inherited(self.applicable.found)

    def _published(self, step: Step) -> Published:
        domain = DomainName(step.domain)  # may be a suffix, which `parse` refuses
        return Published(step.name, step.texts, domain, self.setting.mail_from, self.setting.names_below)

    def _against_wanted(self, own: Published, advice: tuple[Finding, ...]) -> Iterator[Finding]:
        """Compare with our record by what it means; a record that no policy can be read from is told by itself."""
        wanted = DmarcRecord.parse(self.setting.wanted or "")
        if wanted is None or len(own.records) != 1 or any(finding.id == "dmarc.no_policy" for finding in advice):
            return
        there, ours = own.records[0], policy_of(wanted.get("p"))
        evidence = {"expected": [self.setting.wanted], "found": list(own.texts)}
        addresses = {uri.address for uri in there.uris("rua")}
        missing = [uri.text for uri in wanted.uris("rua") if uri.address not in addresses]
        subject, message = f"TXT {own.name}", " | ".join(own.texts)
        if missing or _is_weaker(policy_of(there.get("p")), ours):
            message = f"it is {message}; it must be {self.setting.wanted}"
            remedy = "publish exactly this value"
            yield Finding("record.wrong", Severity.ERROR, subject, message, remedy, _POLICY, evidence)
        elif policy_of(there.get("p")) != ours:
            message = f"p={there.get('p')} is stricter than p={ours}, which was asked for and is published again"
            policy = policy_of(there.get("p"))
            remedy = f"`provisioner dmarc set {self.domain} --policy {policy}` keeps it"
            if self.setting.is_managed:
                remedy = f"`provisioner new-domain {self.domain} --dmarc {policy}` keeps it"
            yield own.finding("other_policy", Severity.INFO, message, remedy)
        else:
            yield Finding("record.ok", Severity.OK, subject, message, evidence=evidence)

    def _against_parent(self, own: Published) -> Iterator[Finding]:
        parent = above(self.applicable)
        found, policy = parent.found, parent.policy
        if found is None or policy is None or found.domain not in self.domain.parents():
            return
        if _is_weaker(self.applicable.policy, policy):
            message = (
                f"asks for {self.applicable.policy}, while without this record {found.name} would apply with {policy}"
            )
            command = ("dmarc", "set", self.domain.ascii, "--policy", str(policy))
            finding = own.repaired_by(command, "weaker_than_parent", Severity.WARNING, message, _POLICY)
            yield replace(finding, evidence={**finding.evidence, "parent": list(found.texts)})

    def _absent(self, own: Published) -> Finding:
        place, stands = self.setting.place, " | ".join(own.texts)
        if own.texts:
            what = "what answers is a wildcard" if self.wildcard == Found(own.texts) else "what stands there is other"
            place += f" ({what}: {stands})"
        expected = self.setting.wanted or "v=DMARC1; p=none"
        message = f"there is none at {place}{self._near()}; it must be {expected}"
        if self.applicable.found:
            message += f"; until then {self.applicable.found.name} applies, with {self.applicable.policy}"
        else:
            message += "; large receivers want one of every sender"
        command = None if self.setting.wanted else ("dmarc", "set", self.domain.ascii, "--policy", "none")
        remedy = f"`provisioner {' '.join(command)}`" if command else "publish exactly this value"
        evidence: dict[str, object] = {"expected": [expected], "found": list(own.texts)}
        subject = f"TXT {own.name}"
        return Finding("record.absent", Severity.ERROR, subject, message, remedy, _TREE_WALK, evidence, command)

    def _near(self) -> str:
        """Recognize the slips in the form of a DNS host: the zone added to a full name, and no label or a wrong one."""
        right = self.domain.child("_dmarc")
        doubled = f"{right}.{self.domain}"
        for name, remedy in (
            (doubled, f"enter the name without .{self.domain}"),
            (self.domain.ascii, f"it belongs to {right}"),
            (self.domain.child("dmarc"), f"it belongs to {right}"),
        ):
            match self.ask(name, "TXT"):
                case Found(texts) if any(DmarcRecord.parse(text) or is_meant_as_dmarc(text) for text in texts):
                    return f", but there is one at {name}: {remedy}"
        return ""

    def _inherited(self, found: Step) -> Iterator[Finding]:
        published = self._published(found)
        policy = self.applicable.policy
        message = f"no record of its own: {found.name} applies, which asks for {policy or 'nothing'}"
        yield replace(
            published.finding("inherited", Severity.INFO, message, "", _TREE_WALK),
            subject=f"TXT {self.applicable.own.name}",
        )
        yield from advise(published)
        yield from reports(published, self.ask)


def _is_weaker(policy: DmarcPolicy | None, than: DmarcPolicy | None) -> bool:
    return than is not None and (policy is None or _STRICTNESS.index(policy) < _STRICTNESS.index(than))
