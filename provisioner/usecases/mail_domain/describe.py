"""Put together what AWS, DNS and the store say of a domain, and what the user should do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.core.checks.identity import identity as identity_findings
from provisioner.core.checks.smtp_users import access
from provisioner.core.credentials.rotation_report import brief_step, rotate_command
from provisioner.core.dmarc.protocol import external_report_name
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Action, Record
from provisioner.core.mail_domain.repairs import Repair
from provisioner.core.mail_domain.report import DomainReport, SmtpReport, ZoneReport
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.keys import HeldCredential
from provisioner.usecases.credentials.stored import remains
from provisioner.usecases.credentials.user_state import access_of
from provisioner.usecases.mail_domain.moving import look_at_move
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.verification import is_delegated


def describe(
    edges: Edges,
    seen: Survey,
    credentials: Sequence[HeldCredential],
    changes: Mapping[str, int],
    repairs: Sequence[Repair] = (),
) -> DomainReport:
    """Return the report of a domain as it was seen; `credentials` are those of its SMTP users, in their order."""
    spec, identity = seen.spec, seen.identity
    main, *senders = (_smtp(edges, spec, held) for held in credentials)
    report = DomainReport(
        spec=spec,
        changed=bool(repairs)
        or any(held.created or held.missing for held in credentials)
        or any(number for verb, number in changes.items() if verb != "import"),
        changes=changes,
        zone=describe_zone(edges, spec, seen.zone, lambda: seen.live),
        identity=identity,
        records=seen.records,
        smtp=main,
        senders=tuple(senders),
        standing=seen.standing,
        account=edges.identities.ses_account(spec.region),
        next_steps=(),
        notes=seen.elsewhere.notes if seen.elsewhere else (),
        repairs=tuple(repairs),
    )
    return replace(report, next_steps=tuple(_next_steps(report)))


def _smtp(edges: Edges, spec: MailDomain, held: HeldCredential) -> SmtpReport:
    user, stored_in = held.user, edges.store.location(held.user) if held.credential else None
    left = remains(edges.store, user) if held.lost else ""
    if left:
        edges.progress.warn(f"{user}: {left}")
    findings = () if held.created or held.missing else tuple(access(access_of(edges, user, spec.region, spec.senders)))
    return SmtpReport(
        user,
        held.credential,
        stored_in,
        held.lost,
        held.inactive,
        held.missing,
        held.others,
        findings,
        held.rotation,
    )


def describe_again(edges: Edges, report: DomainReport, identity: IdentityStatus | None) -> DomainReport:
    """Return the report with what SES and DNS say a while later."""
    zone = report.zone
    if zone.name_servers:
        delegated = is_delegated(edges, zone.name, zone.name_servers)
        zone = replace(zone, delegated=delegated, move=None if delegated else zone.move)
    later = replace(report, identity=identity, zone=zone)
    return replace(later, next_steps=tuple(_next_steps(later)))


def describe_zone(
    edges: Edges, spec: MailDomain, zone: HostedZone | None, live: Callable[[], Sequence[Record]]
) -> ZoneReport:
    """Return the zone as Route 53 and DNS see it; one that is elsewhere, or not made yet, has no name servers.

    `live` returns its record sets, for a zone that is not the one in use.
    """
    if zone is None:
        return ZoneReport(spec.zone.mode, spec.zone.id, spec.zone.name, (), None)
    delegated = is_delegated(edges, zone.name, zone.name_servers)
    move = None if delegated else look_at_move(edges, spec.domain, zone.name, zone.name_servers, live)
    return ZoneReport(spec.zone.mode, zone.id, zone.name, zone.name_servers, delegated, move)


def _next_steps(report: DomainReport) -> Iterator[str]:
    spec, zone = report.spec, report.zone
    yield from report.paused
    if spec.zone.is_elsewhere:
        yield from _publishing_steps(spec, report.records)
        yield from report.notes
    elif zone.name_servers and not zone.delegated:
        yield from _delegation_steps(spec, zone)
    yield from _report_authorisation(spec)
    for smtp in (report.smtp, *report.senders):
        yield from _access_steps(smtp)
        yield from _password_steps(smtp, spec.region)
    repairs = tuple(repair_steps(spec.domain, report.identity))
    yield from repairs
    if not (repairs or report.is_settled):
        watch = f"provisioner status {spec.domain} --wait 1h"
        yield f"SES looks for the records for up to 72 hours; watch it with `{watch}`"


def _publishing_steps(spec: MailDomain, records: Sequence[Record]) -> Iterator[str]:
    """Say how many records there are to publish; what stands there as it must needs nobody."""
    added = _count(records, Action.ADD)
    if added:
        yield f"publish the {added} records at your DNS host: `provisioner dns zonefile {spec.domain}`"
    if _count((record for record in records if record.purpose.is_mail_from), Action.REPLACE):
        yield (
            f"{spec.mail_from} holds records of others, and SES wants that name for itself: replace them as "
            f"`provisioner dns records {spec.domain}` says, or give another --mail-from"
        )


def _count(records: Iterable[Record], action: Action) -> int:
    return sum(record.publishing is not None and record.publishing.action is action for record in records)


def repair_steps(domain: DomainName, identity: IdentityStatus | None) -> Iterator[str]:
    """Say what is to be done about an identity that does not become right by waiting, in the words of `doctor`."""
    for finding in identity_findings(domain, identity) if identity else ():
        yield f"{finding.subject}: {finding.message}: {finding.remedy}"


def _delegation_steps(spec: MailDomain, zone: ZoneReport) -> Iterator[str]:
    """Say how the public comes to the zone; never while it would lose something by that."""
    servers = " ".join(zone.name_servers)
    obstacles = zone.move.obstacles if zone.move else ()
    if zone.delegated is None:
        yield from obstacles
    elif obstacles or not spec.zone.is_ours:
        yield f"zone {zone.id} {zone.name} is not the one in use; its name servers are: {servers}"
        yield from obstacles
    elif spec.domain.is_subdomain:
        yield f"add an NS record set for {zone.name} to the zone above it, with these values: {servers}"
    else:
        yield f"set the name servers of {zone.name} at its registrar to: {servers}"


def _report_authorisation(spec: MailDomain) -> Iterator[str]:
    if spec.dmarc_rua is None:
        return
    name = external_report_name(spec.domain, spec.dmarc_rua)
    if name is not None:
        yield f"DMARC reports to another domain need its consent: publish TXT {name} = v=DMARC1"


def _password_steps(smtp: SmtpReport, region: Region) -> Iterator[str]:
    step = brief_step(smtp.rotation) if smtp.rotation else None
    if step is not None:
        yield step
    elif smtp.credential is not None and smtp.credential.region != region.name:
        yield (
            f"the SMTP password of {smtp.user} was derived for {smtp.credential.region} and does not log in at "
            f"{region.name}: `{rotate_command(smtp.user)} --prepare` makes one that does"
        )


def _access_steps(smtp: SmtpReport) -> Iterator[str]:
    user = smtp.user.iam_user
    if smtp.inactive:
        yield f"the access key of IAM user {user} is switched off on AWS: nothing can be sent until it is active"
    for key in smtp.others:
        yield (
            f"access key {key} of IAM user {user} is one more than is needed: when nobody uses it, "
            f"`aws iam delete-access-key --user-name {user} --access-key-id {key}`"
        )
    for finding in smtp.findings:
        remedy = finding.remedy if "`" in finding.remedy else f"`{finding.remedy}`"
        yield f"{finding.subject}: {finding.message}: {remedy}"
    for key in smtp.lost:
        yield (
            f"access key {key} of IAM user {user} exists, but its secret is not in this credential store: set the "
            "PROVISIONER_STORE that has it, restore the store, or, if no site uses the key, "
            f"`aws iam delete-access-key --user-name {user} --access-key-id {key}` "
            "and run new-domain again for a new one"
        )
