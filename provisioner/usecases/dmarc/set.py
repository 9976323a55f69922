"""Change a domain's DMARC record, after a preview: ours through Terraform, the customer's own where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.remembered import Remembered
from provisioner.core.dmarc.change import Edited, Wanted, new_record, others_go, tidy, with_policy
from provisioner.core.dmarc.mending import united
from provisioner.core.dmarc.record import DmarcRecord, policy_of
from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.inherited import inherited, missing_policy, no_policy
from provisioner.usecases.dmarc.preview import Preview, preview, refuse_lost_addresses
from provisioner.usecases.dmarc.standing import Standing, no_own_record, standing
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.new_domain import new_domain


def preview_set(edges: Edges, domain: DomainName, wanted: Wanted) -> Preview:
    """Say what setting policy, report address or subdomain policy would change; what is not given is kept.

    Raises `Refused` when an address for reports would be lost, unless another was given.
    """
    if wanted == Wanted():
        raise InputError("nothing_to_set", f"{domain}: nothing was given to set", "give --policy, --rua or --sp")
    there = standing(edges, domain)
    _refuse_unmanaged(there, wanted)
    _refuse_lost_reports(edges, domain, wanted.rua)
    if wanted.rua is None:
        refuse_lost_addresses(there)
    if there.meant:
        kept = replace(wanted, policy=wanted.policy or missing_policy(domain, united(there.meant)))
        return preview(there, lambda records: _edited(records, kept), policy_is_asked=wanted.policy is not None)
    return _preview_new(edges, there, wanted)


def _refuse_unmanaged(there: Standing, wanted: Wanted) -> None:
    if there.owner == "ours" and wanted.sp is not None:
        raise InputError(
            "sp_not_managed",
            f"{there.domain}: the DMARC record is ours, and ours hold a policy and a report address only",
            f"leave --sp out: names below {there.domain} follow its policy unless they have a record of their own",
        )


def _preview_new(edges: Edges, there: Standing, wanted: Wanted) -> Preview:
    """Say which record would be made where none stands, and what of the one above applies no more."""
    spec, above = recall(edges, there.domain).spec(), inherited(edges, there.domain)
    policy = wanted.policy or (spec.dmarc if there.owner == "ours" else None) or above.policy
    if policy is None:
        raise no_policy(there.domain, "no DMARC record applies yet")
    return preview(there, lambda _: new_record(policy, wanted), tuple(above.notes(policy, wanted.rua)))


def preview_tidy(edges: Edges, domain: DomainName) -> Preview:
    """Say what tidying the domain's record would change; raises `InputError` when it has none of its own."""
    there = standing(edges, domain)
    if not there.meant:
        raise no_own_record(domain)
    refuse_lost_addresses(there)
    return preview(there, tidy, policy_is_asked=False)


def carry_out(edges: Edges, change: Preview) -> None:
    """Make the change; for a zone elsewhere, only remember what was asked."""
    there, domain = change.standing, change.standing.domain
    if not change.changed or there.elsewhere is not None:
        return
    asked = Asked(dmarc=policy_of(change.new.get("p")), dmarc_rua=_rua(change.new))
    if there.owner == "ours":
        new_domain(edges, domain, asked)
    elif there.owner == "external":
        _remember(edges, domain, asked)
    elif there.record is not None and there.zone_id is not None:
        edges.progress.step(f"{domain}: changing TXT {change.name}")
        edges.zones.replace(there.zone_id, there.record, _with_values(there.record, change.after))


def _edited(records: Sequence[DmarcRecord], wanted: Wanted) -> Edited:
    edited = with_policy(united(records), wanted)
    return replace(edited, notes=(*edited.notes, *others_go(records)))


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
