"""Which finding follows from which: one cause is one finding, and what it brings about stands below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from provisioner.core.findings import Finding, Severity

_RANK = {severity: rank for rank, severity in enumerate(reversed(Severity))}


@dataclass(frozen=True, slots=True)
class Kind:
    """Findings by their id and their subject, in both of which `*` stands for any words; with `errors` errors alone."""

    id: str
    subject: str = "*"
    errors: bool = False

    def holds(self, finding: Finding) -> bool:
        """Say whether the finding is one of this kind."""
        if self.errors and finding.severity is not Severity.ERROR:
            return False
        return fnmatchcase(finding.id, self.id) and fnmatchcase(finding.subject, self.subject)


@dataclass(frozen=True, slots=True)
class Rule:
    """Findings of the kind `of` follow from one of the kinds `by`, the deepest cause first."""

    of: Kind
    by: tuple[Kind, ...]


_OF_DKIM = "CNAME *._domainkey.*"
_UNSEEN_ZONE = tuple(  # the public does not come to the zone's records at all, or to those of another
    Kind(f"dns.{fault}", errors=True)
    for fault in (
        "not_delegated", "delegated_elsewhere", "delegated_partly", "no_zone", "private_only", "zone_replaced", "lame",
        "dnssec_bogus", "hidden_by_delegation", "dname", "zone_twice",
    )
)  # fmt: skip  # a table, not a column
_DKIM_RECORDS = (
    *(Kind(f"dkim.{fault}") for fault in ("all_absent", "stale_tokens", "proxied", "txt_instead", "indirect")),
    *(Kind(f"dkim.{fault}") for fault in ("revoked", "key_broken")),
    Kind("record.*", _OF_DKIM),
)

RULES: tuple[Rule, ...] = (
    Rule(Kind("record.*"), (Kind("dns.dname"),)),
    Rule(Kind("dmarc.*"), (Kind("dns.dname"), Kind("dns.hidden_by_delegation", "NS _dmarc.*"))),
    Rule(Kind("record.*", "* _dmarc.*"), (Kind("dns.hidden_by_delegation", "NS _dmarc.*"),)),
    Rule(Kind("check.not_run", "TXT *"), (Kind("dns.no_tcp"),)),
    Rule(Kind("spf.large"), (Kind("dns.no_tcp"),)),
    Rule(Kind("spf.*"), (Kind("dns.cname_at_apex"),)),
    Rule(Kind("dmarc.rua_unreachable"), (Kind("mx.null"),)),
    Rule(Kind("mx.*"), (Kind("dns.cname_at_apex"),)),
    Rule(Kind("ses.*", "DKIM of *"), (*_UNSEEN_ZONE, *_DKIM_RECORDS, Kind("identity.replica_*"))),
    Rule(
        Kind("ses.*", "MAIL FROM of *"),
        (*_UNSEEN_ZONE, Kind("record.*", "MX *"), Kind("dns.cname_beside_data")),
    ),
    Rule(Kind("ses.sees_otherwise"), (Kind("dns.lame_server"), Kind("dns.silent_server"))),
    Rule(Kind("ses.pending", "DKIM of *"), (Kind("ses.sees_otherwise"),)),
    Rule(Kind("ses.behind", "DKIM of *"), (Kind("ses.sees_otherwise"),)),
    Rule(Kind("ses.gave_up", "DKIM of *"), (Kind("dkim.not_started"),)),
    Rule(Kind("set.not_default"), (Kind("set.missing"),)),
    Rule(Kind("metrics.silent"), (Kind("set.not_default"), Kind("set.missing"), Kind("set.no_reputation"))),
    Rule(Kind("record.absent"), (Kind("dkim.all_absent"),)),  # the zone was moved without ours, or published without
    Rule(Kind("key.gone"), (Kind("iam.no_user"),)),  # its keys went with it
    Rule(Kind("key.gone"), (Kind("smtp.user_name"), Kind("smtp.temporary_key"))),  # what is stored names no key
    Rule(Kind("check.not_run", "smtp*"), (Kind("smtp.login_refused"),)),  # the regions that were not tried
    Rule(Kind("check.not_run", "account"), (Kind("clock.skew"),)),  # AWS refuses what is signed at another time
)


def with_causes(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings with `caused_by` filled in, the worst cause first, and below each what follows from it.

    A consequence is only worth knowing: it goes away with its cause, so that it has no remedy and no command.
    """
    told = [_told(finding, findings) for finding in findings]
    ids = {finding.id for finding in told}
    roots = [finding for finding in told if finding.caused_by not in ids]
    left = [finding for finding in told if finding.caused_by in ids]
    ordered: list[Finding] = []
    for root in sorted(roots, key=lambda one: _RANK[one.severity]):
        ordered.append(root)
        if not any(one.id == root.id for one in roots if one not in ordered):  # below the last of several of one id
            ordered += _below(root, left)
    return (*ordered, *left)  # what is left names each other as cause


def _below(cause: Finding, left: list[Finding]) -> Iterator[Finding]:
    following = [finding for finding in left if finding.caused_by == cause.id]
    for finding in following:
        if finding in left:
            left.remove(finding)
            yield finding
            yield from _below(finding, left)


def _told(finding: Finding, findings: Sequence[Finding]) -> Finding:
    if finding.severity is Severity.OK or finding.caused_by is not None:
        return finding
    cause = next(_causes_of(finding, findings), None)
    if cause is None:
        return finding
    return replace(finding, severity=Severity.INFO, remedy="", command=None, repairable=False, caused_by=cause.id)


def _causes_of(finding: Finding, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings from which this one follows, the deepest first."""
    kinds = [kind for rule in RULES if rule.of.holds(finding) for kind in rule.by]
    for kind in kinds:
        for other in findings:
            if kind.holds(other) and other.id != finding.id and other.severity in (Severity.ERROR, Severity.WARNING):
                yield other
