"""The records of DKIM: how each stands, and where all that is wrong with them is one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.core.checks import own_key, records
from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.checks.remedies import by_new_domain
from provisioner.core.checks.wanted import records_of_dkim
from provisioner.core.dns.answers import Absent, DnsAnswer, Found
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import OWN_KEY, SUCCESS
from provisioner.core.mail_domain.records import Record
from provisioner.core.mail_domain.spec import MailDomain

_EASY_DKIM = "docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html"
_KEYS = "RFC 6376 section 3.6.2.2"
_LONGEST_CHAIN = 4  # of aliases


def check(observed: Observed) -> Iterator[Finding]:
    """Yield how the records of DKIM stand, each by itself, or what has become of all of them."""
    status = seen(observed.identity)
    if status is None:
        return
    if status.signing_origin == OWN_KEY:
        yield from own_key.check(observed)
        return
    wanted = {records.subject_of(record): record for record in records_of_dkim(observed)}
    found = tuple(records.of_dkim(observed))
    told = _together([_told(observed, wanted, one) for one in found], observed.spec)
    everywhere = [one for one in told if one.id == "record.absent" and "servers" not in one.evidence]
    if wanted and len(everywhere) == len(wanted):
        yield _all_absent(observed, tuple(wanted.values()))
    else:
        yield from told


def _told(observed: Observed, wanted: Mapping[str, Record], finding: Finding) -> Finding:
    """Return the finding, or, where another record stands in the place of the alias, what that one means."""
    record, dns = wanted.get(finding.subject), seen(observed.dns)
    if record is None or finding.severity is not Severity.ERROR or "servers" in finding.evidence:
        return finding
    if finding.id == "record.absent":
        return _instead(observed, dns, record) or finding
    if finding.id == "record.wrong" and _leads_to(dns, record.name, record.values[0]):
        return _indirect(observed, record, finding)
    return finding


def _instead(observed: Observed, dns: PublicDns, record: Record) -> Finding | None:
    keys = [value for value in _own(observed, dns, record.name, "TXT") if "p=" in value]
    if keys:
        return Finding(
            "dkim.txt_instead",
            Severity.ERROR,
            records.subject_of(record),
            f"a key stands there as TXT, and no alias: it fits until SES changes its key, and SES wants the alias; "
            f"it must be CNAME {record.values[0]}",
            f"put CNAME {record.name} = {record.values[0]} in place of the TXT",
            _KEYS,
            {"expected": list(record.values), "found": keys},
        )
    addresses = [value for rtype in ("A", "AAAA") for value in _own(observed, dns, record.name, rtype)]
    if not addresses:
        return None
    return Finding(
        "dkim.proxied",
        Severity.ERROR,
        records.subject_of(record),
        f"the name has an address ({', '.join(addresses)}) in place of the alias, as of a proxy, and no key behind it: "
        f"it must be CNAME {record.values[0]}",
        "switch the proxy off for this record at the DNS host (`DNS only`), or publish the CNAME",
        _EASY_DKIM,
        {"expected": list(record.values), "found": addresses},
    )


def _own(observed: Observed, dns: PublicDns, name: str, rtype: str) -> Sequence[str]:
    """Return the values of a name without those of a wildcard that answers for it."""
    nobodys = f"{observed.nobodys_label}.{name.partition('.')[2]}"
    answer, wildcard = dns.holds(name, rtype), dns.holds(nobodys, rtype)
    return () if set(_values(answer)) == set(_values(wildcard)) else _values(answer)


def _values(answer: DnsAnswer) -> tuple[str, ...]:
    return answer.values if isinstance(answer, Found) else ()


def _leads_to(dns: PublicDns, name: str, wanted: str) -> bool:
    """Say whether aliases lead from a name to the wanted one, by more than one step."""
    for _ in range(_LONGEST_CHAIN):
        match dns.holds(name, "CNAME"):
            case Found((target,)) if target == wanted:
                return True
            case Found((target,)):
                name = target
            case _:
                return False
    return False


def _indirect(observed: Observed, record: Record, finding: Finding) -> Finding:
    status = seen(observed.identity)
    is_seen = status is not None and status.dkim_status == SUCCESS
    target = next(iter(_values(seen(observed.dns).holds(record.name, "CNAME"))), "another name")
    follows = "SES and receivers follow it" if is_seen else "receivers follow it, and SES has not verified it"
    return Finding(
        "dkim.indirect",
        Severity.INFO if is_seen else Severity.WARNING,
        records.subject_of(record),
        f"the alias leads to {record.values[0]} by {target}: {follows}",
        f"let it point to {record.values[0]} itself",
        _EASY_DKIM,
        finding.evidence,
    )


def _together(told: Sequence[Finding], spec: MailDomain) -> list[Finding]:
    """Make one finding of what is the same at several names."""
    said: list[Finding] = []
    for finding in told:
        same = [one for one in told if one.id == finding.id]
        if not finding.id.startswith("dkim.") or len(same) == 1:
            said.append(finding)
        elif finding is same[0]:
            said.append(_of_all(same, spec))
    return said


def _of_all(same: Sequence[Finding], spec: MailDomain) -> Finding:
    first = same[0]
    names = [one.subject.partition(" ")[2] for one in same]
    return Finding(
        first.id,
        first.severity,
        f"DKIM of {spec.domain}",
        f"at {len(names)} names: {'; '.join(f'{name}: {one.message}' for name, one in zip(names, same, strict=True))}",
        "; ".join(dict.fromkeys(one.remedy for one in same)),
        first.reference,
        {"names": names},
    )


def _all_absent(observed: Observed, wanted: Sequence[Record]) -> Finding:
    """Return the one finding that none of the records is there, with what that comes from as far as it can be told."""
    spec, old = observed.spec, _others_published(observed)
    subject = f"DKIM of {spec.domain}"
    evidence: dict[str, object] = {"expected": [f"{one.name} {one.values[0]}" for one in wanted], "found": []}
    if old:
        message = (
            f"the records are those of other tokens ({', '.join(old)}): SES has made new ones since, as when somebody "
            "deletes an identity and makes it again"
        )
        evidence |= {"found": list(old)}
        stale = Finding("dkim.stale_tokens", Severity.ERROR, subject, message, "", _EASY_DKIM, evidence)
        return by_new_domain(spec.domain, "publishes the new ones; the old ones can go then", stale)
    message = "none of its records is in public DNS: no signature can be verified"
    if isinstance(seen(observed.dns).holds(spec.mail_from, "MX"), Absent):
        message += "; nor is the MX of MAIL FROM: the zone was moved without them, or they were never published"
    gone = Finding("dkim.all_absent", Severity.ERROR, subject, message, "", _EASY_DKIM, evidence)
    if not spec.zone.is_elsewhere:
        return by_new_domain(spec.domain, "publishes them", gone)
    command = ("dns", "zonefile", spec.domain.ascii)
    remedy = f"publish what `provisioner {' '.join(command)}` shows at the DNS host"
    return replace(gone, remedy=remedy, command=command)


def _others_published(observed: Observed) -> Sequence[str]:
    """Return the tokens whose records stand in our zone and that are not those of the identity."""
    status, published = seen(observed.identity), observed.published_tokens
    now = status.dkim_tokens if status else ()
    return () if isinstance(published, Unseen) else [token for token in published if token not in now]
