"""Change a domain's DMARC record, after a preview: ours through Terraform, the customer's own where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.change import Edited, tidy, with_policy
from provisioner.core.dmarc.record import DmarcRecord, is_meant_as_dmarc, policy_of
from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.mail_domain.records import Purpose, Record, static_records
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.show import texts_at
from provisioner.usecases.home import KnownDomain, recall
from provisioner.usecases.mail_domain.decisions.zone import find_zone
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.own_account import in_own_account

Owner = Literal["ours", "theirs", "external"]
Edit = Callable[[Sequence[DmarcRecord]], Edited]


@dataclass(frozen=True, slots=True)
class Standing:
    """The TXT set at a domain's own DMARC name, and whose it is; `record` is None where Route 53 has none."""

    domain: DomainName
    owner: Owner
    texts: tuple[str, ...]
    zone_id: str | None
    record: Record | None

    @property
    def records(self) -> tuple[DmarcRecord, ...]:
        """The DMARC records among the texts."""
        return tuple(record for text in self.texts if (record := DmarcRecord.parse(text)))


@dataclass(frozen=True, slots=True)
class Preview:
    """A change that was not made yet: what stands there (`standing`), and all values that shall (`after`)."""

    standing: Standing
    after: tuple[str, ...]
    new: DmarcRecord
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Where the record is."""
        return self.standing.domain.child("_dmarc")

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return self.after != self.standing.texts

    def to_document(self, *, applied: bool) -> dict[str, Any]:
        """Return the JSON form; `applied` is false for a dry run and for zones that are elsewhere."""
        return {
            "domain": self.standing.domain.ascii,
            "name": self.name,
            "owner": self.standing.owner,
            "changed": self.changed,
            "applied": applied and self.changed and self.standing.owner != "external",
            "before": list(self.standing.texts),
            "after": list(self.after),
            "notes": list(self.notes),
        }


def preview_set(
    edges: Edges, domain: DomainName, policy: DmarcPolicy, rua: EmailAddress | None, sp: DmarcPolicy | None
) -> Preview:
    """Say what setting a policy, and, where given, report address and subdomain policy would change."""
    there = standing(edges, domain)
    if there.owner == "ours" and sp is not None:
        raise InputError(
            "sp_not_managed",
            f"{domain}: the DMARC record is ours, and ours hold a policy and a report address only",
            f"leave --sp out: names below {domain} follow its policy unless they have a record of their own",
        )
    _refuse_lost_reports(edges, domain, rua)
    return preview(there, lambda records: with_policy(next(iter(records), None), policy, rua, sp))


def preview_tidy(edges: Edges, domain: DomainName) -> Preview:
    """Say what tidying the domain's record would change; raises `InputError` when it has none of its own."""
    there = standing(edges, domain)
    if not there.records:
        raise no_own_record(domain)
    return preview(there, tidy)


def carry_out(edges: Edges, change: Preview) -> None:
    """Make the change; for a zone elsewhere, only remember what was asked."""
    there, domain = change.standing, change.standing.domain
    if not change.changed:
        return
    asked = Asked(dmarc=policy_of(change.new.get("p")), dmarc_rua=_rua(change.new))
    if there.owner == "ours":
        new_domain(edges, domain, asked)
    elif there.owner == "external":
        _remember(edges, domain, asked)
    elif there.record is not None and there.zone_id is not None:
        edges.progress.step(f"{domain}: changing TXT {change.name}")
        edges.zones.replace(there.zone_id, there.record, _with_values(there.record, change.after))


def standing(edges: Edges, domain: DomainName) -> Standing:
    """Look at the record and say whose it is; raises `Refused` when it was ours and somebody changed it."""
    known = recall(edges, domain)
    name = domain.child("_dmarc")
    if not known.decided.zone.is_elsewhere:
        in_own_account(edges, domain, known.account)
    zone = find_zone(edges, known.decided.zone)
    if zone is None:
        return Standing(domain, "external", texts_at(edges.resolver.lookup, name), None, None)
    live = next((r for r in edges.zones.record_sets(zone.id) if (r.name, r.type) == (name, "TXT")), None)
    return Standing(domain, _owner(known, live), live.values if live else (), zone.id, live)


def preview(there: Standing, edit: Edit) -> Preview:
    """Return the change that an edit of the DMARC records makes; all other values at the name stay."""
    edited = edit(there.records)
    new = DmarcRecord.parse(edited.text)
    assert new is not None  # noqa: S101 - every edit writes a record
    return Preview(there, _with(there.texts, edited.text), new, edited.notes)


def no_own_record(domain: DomainName) -> InputError:
    """Return the error of a domain without a DMARC record at its own name."""
    hint = (
        f"`provisioner dmarc show {domain}` says what applies; `provisioner dmarc set {domain} --policy none` makes one"
    )
    return InputError("no_dmarc_record", f"{domain}: no DMARC record stands at _dmarc.{domain} itself", hint)


def _owner(known: KnownDomain, live: Record | None) -> Owner:
    desired = next((record for record in static_records(known.spec()) if record.purpose is Purpose.DMARC), None)
    if known.decided.dmarc_theirs or (live is not None and desired is None):
        return "theirs"
    if live is None or (desired is not None and live.values == desired.values):
        return "ours"
    raise Refused(
        "dmarc_drifted",
        f"{known.domain}: our DMARC record was changed by somebody else; there is now: {' | '.join(live.values)}",
        f"`provisioner new-domain {known.domain}` puts ours back; then repeat this command",
    )


def _with(texts: Sequence[str], new: str) -> tuple[str, ...]:
    """Put the new text in the place of the first DMARC record; the others, and failed attempts at one, go."""
    is_dmarc = [DmarcRecord.parse(text) is not None or is_meant_as_dmarc(text) for text in texts]
    kept = [
        new if index == is_dmarc.index(True) else text for index, text in enumerate(texts) if _stays(index, is_dmarc)
    ]
    return tuple(kept) if any(is_dmarc) else (*texts, new)


def _stays(index: int, is_dmarc: Sequence[bool]) -> bool:
    return not is_dmarc[index] or index == is_dmarc.index(True)


def _with_values(before: Record, after: Sequence[str]) -> Record:
    """Return the set with other values; those that stay keep the form in which Route 53 has them."""
    raw = dict(zip(before.values, before.raw, strict=True))
    return replace(before, values=tuple(after), raw=tuple(raw.get(text) or quoted(text, ROUTE_53) for text in after))


def _rua(record: DmarcRecord) -> EmailAddress | None:
    return next((uri.address for uri in record.uris("rua") if uri.address), None)


def _remember(edges: Edges, domain: DomainName, asked: Asked) -> None:
    with edges.workspaces.open(domain) as workspace:
        before = workspace.recall()
        request = asked.over(domain, before.request if before else None)
        workspace.remember(replace(before, request=request) if before else Remembered(request, None))


def _refuse_lost_reports(edges: Edges, domain: DomainName, rua: EmailAddress | None) -> None:
    if rua is not None and rua.domain == recall(edges, domain).spec().mail_from:
        message = f"{domain}: DMARC reports to {rua} would vanish, the MAIL FROM host receives bounces only"
        raise InputError("invalid_dmarc_rua", message, "Give an address at a domain that receives mail.")
