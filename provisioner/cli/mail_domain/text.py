"""Results as text for people; the JSON of the same results is made by the values themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from provisioner.cli.frame.changes import lines_of
from provisioner.cli.frame.layout import details, indent, pairs, records
from provisioner.cli.frame.output import table
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.report import DomainReport, ZoneReport
from provisioner.core.terraform.plan import describe_counts, describe_done
from provisioner.usecases.mail_domain.destruction import Destruction
from provisioner.usecases.mail_domain.new_domain import Planned
from provisioner.usecases.mail_domain.status import DomainStatus

_NO_IDENTITY = "no identity"
_DMARC = {
    "theirs": "a record of others, see dmarc show",
    "inherited": "inherited, see dmarc show",
    "skipped": "skipped",
    None: "not known yet",
}


def report(done: DomainReport, *, with_secret: bool) -> str:
    """Return what `new-domain` prints."""
    parts = [_headline(done), pairs(_facts(done)), records(done.records)]
    parts += _credentials(done, with_secret=with_secret)
    return "\n\n".join([*parts, *_next_steps(done.all_steps)])


def report_of_senders(done: DomainReport, names: Collection[str], *, with_secret: bool) -> str:
    """Return what `sender add` and `sender remove` print: of the credentials those of the named senders alone."""
    parts = [_headline(done), *_credentials(done, with_secret=with_secret, only=names)]
    return "\n\n".join([*parts, *_next_steps(done.all_steps)])


def _headline(done: DomainReport) -> str:
    if not done.changed:
        return f"{done.domain}: no changes"
    return f"{done.domain}: changed ({describe_done(done.changes) or _beyond_terraform(done)})"


def _beyond_terraform(done: DomainReport) -> str:
    return ", ".join(done.repairs) or "a new access key"


def _facts(done: DomainReport) -> Iterable[tuple[str, str]]:
    identity = done.identity
    yield "region", done.spec.region.name
    yield "zone", zone(done.zone)
    if done.zone.name_servers:
        yield "name servers", " ".join(done.zone.name_servers)
    yield "identity", "verified" if identity and identity.verified else "not verified yet"
    yield "DKIM", dkim(identity)
    yield "MAIL FROM", f"{done.spec.mail_from} {mail_from(identity)}"
    yield "configuration set", done.spec.configuration_set
    if not done.standing.domain.may_send:
        yield "sending", f"{done.standing.domain}"


def dkim(identity: IdentityStatus | None) -> str:
    """Return how DKIM stands, and whether SES signs at all."""
    if identity is None:
        return _NO_IDENTITY
    return identity.dkim_status if identity.signing_enabled else f"{identity.dkim_status}, NOT SIGNING"


def mail_from(identity: IdentityStatus | None) -> str:
    """Return how MAIL FROM stands."""
    return identity.mail_from if identity else _NO_IDENTITY


def zone(report: ZoneReport) -> str:
    """Return one line about a zone."""
    if report.mode == "external":
        return "external"
    delegated = {True: "delegated", False: "NOT DELEGATED", None: "delegation unknown"}[report.delegated]
    return f"{report.mode} {report.id or '(none yet)'} {report.name}, {delegated}"


def _credentials(done: DomainReport, *, with_secret: bool, only: Collection[str] | None = None) -> Iterator[str]:
    """Yield a block for each credential; with `only` for those of the senders of these names."""
    titled = [("SMTP credentials", done.smtp)] if only is None else []
    titled += [
        (f"Sender {sender.name}: {sender.address(done.domain)} only", smtp)
        for sender, smtp in done.sender_reports()
        if only is None or sender.name in only
    ]
    for title, smtp in titled:
        if smtp.credential is not None:
            lines = _smtp(smtp.credential, smtp.stored_in, with_secret=with_secret)
            yield f"{title}\n{indent(pairs(lines))}"


def _smtp(held: SmtpCredential, stored_in: str | None, *, with_secret: bool) -> list[tuple[str, str]]:
    password = [("password", held.password.reveal())] if with_secret else []
    place = [("stored in", stored_in)] if stored_in else []
    return [
        ("host", held.host),
        ("port", f"{held.port} ({held.security.upper()})"),
        ("user name", held.user_name),
        *password,
        *place,
    ]


def plan(result: Planned) -> str:
    """Return what `plan` and `--dry-run` print."""
    return "\n".join([_planned(result), *result.report.paused])


def _planned(result: Planned) -> str:
    if result.empty:
        return f"{result.report.domain}: no changes"
    counts = describe_counts(result.plan.counts) or _beyond_terraform(result.report)
    return "\n".join([f"{result.report.domain}: {counts}", *lines_of(result.actions)])


def destruction(done: Destruction, *, dry_run: bool) -> str:
    """Return what `destroy-domain` prints: what was done, or all that would be."""
    where = f"account {done.account}, {done.region}"
    if not done.known:
        zone = f"; zone {done.kept_zone} of ours stands: it was kept, or a run died" if done.kept_zone else ""
        return f"{done.domain}: nothing to do, neither this home nor SES knows it ({where}){zone}"
    head = f"{done.domain}: {'would destroy' if dry_run else 'destroyed'} {_goes(done, dry_run=dry_run)} ({where})"
    parts = ["\n".join([head, *_going(done)]) if dry_run else head]
    parts += [records(done.left.records)] if done.left.records else []
    return "\n\n".join([*parts, *_next_steps(done.left.steps)])


def _next_steps(steps: Sequence[str]) -> Iterator[str]:
    if steps:
        yield "Next steps\n" + "\n".join(f"  {n}. {step}" for n, step in enumerate(steps, 1))


def question(going: Destruction) -> str:
    """Return what is shown before a domain is destroyed, and what is asked then."""
    ends = f"This ends all mail from {going.domain}. Type its name to go on"
    return f"{destruction(going, dry_run=True)}\n{ends}"


def _goes(done: Destruction, *, dry_run: bool) -> str:
    parts = [_number(done.changes["destroy"], "resource")]
    parts += [_number(len(done.access_keys), "access key")] if done.access_keys else []
    gives = "give" if dry_run else "gave"
    given_back = f", {gives} back {_number(done.changes['change'], 'record set')}" if done.changes["change"] else ""
    return " and ".join(parts) + given_back + (f"; zone {done.kept_zone} stays" if done.kept_zone else "")


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _going(done: Destruction) -> Iterator[str]:
    yield from lines_of(change.to_document() for change in done.actions)
    for user, key in done.access_keys:
        yield f"  - access key {key} of IAM user {user}"


_SENDING: Mapping[object, str] = {True: "on", False: "PAUSED", None: "NO CONFIGURATION SET"}


def statuses(listed: Sequence[DomainStatus]) -> str:
    """Return what `status` prints."""
    rows = [
        (
            status.spec.domain.ascii,
            "verified" if status.identity and status.identity.verified else "not verified",
            dkim(status.identity),
            mail_from(status.identity),
            zone(status.zone),
            _SENDING[status.sending["enabled"]],
        )
        for status in listed
    ]
    listing = table(("DOMAIN", "IDENTITY", "DKIM", "MAIL FROM", "ZONE", "SENDING"), rows)
    steps = [f"{status.spec.domain}: {step}" for status in listed for step in status.next_steps]
    account = dict.fromkeys(note for status in listed for note in status.account.notes)
    return "\n".join([listing, *steps, *account])


def known_domains(documents: Sequence[Mapping[str, Any]]) -> str:
    """Return what `list` prints; of rotations only where there are any."""
    rows = [
        (d["domain"], d["region"], d["zone"] or "-", sending(d), d["customer"] or "-", d["contact"] or "-")
        for d in documents
    ]
    head: tuple[str, ...] = ("DOMAIN", "REGION", "ZONE", "SENDING", "CUSTOMER", "CONTACT")
    if not any(d["rotations"] for d in documents):
        return table(head, rows)
    return table((*head, "ROTATION"), [(*row, rotations(d)) for row, d in zip(rows, documents, strict=True)])


def rotations(document: Mapping[str, Any]) -> str:
    """Return which SMTP users of a domain have two access keys, by how far their rotation is; `-` for none."""
    listed = [(f"{one['sender']}: " if one["sender"] else "") + one["stage"] for one in document["rotations"]]
    return ", ".join(listed) or "-"


def sending(document: Mapping[str, Any]) -> str:
    """Return whether a domain that this home knows may send, in a word or two; `-` when nobody has looked."""
    seen, senders = document["sending"], document["paused_senders"]
    if seen is None:
        return "-"
    if not seen["enabled"]:
        return f"paused {seen['since'][:10]}" if seen["since"] else "paused"
    return f"on, but {', '.join(senders)} paused" if senders else "on"


def request(document: Mapping[str, Any]) -> str:
    """Return what `show` prints: of each sender its address, and whose the DMARC record is that is not ours."""
    hidden = ("dmarc_record", "paused_senders", "rotations")
    dmarc = _DMARC.get(document["dmarc_record"], document["dmarc"])
    senders = {sender["name"]: sender["address"] for sender in document["senders"]}
    short = {"permissions_boundary": "boundary"}
    shown = {short.get(name, name): value for name, value in document.items() if name not in hidden}
    return details(
        {**shown, "dmarc": dmarc, "senders": senders, "sending": sending(document), "rotation": rotations(document)}
    )
