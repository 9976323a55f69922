"""State is a cache, AWS is the truth: what exists of a domain and is missing in the state is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.decisions import Decisions, ResolvedMode
from provisioner.core.asked.provenance import from_tags, is_ours
from provisioner.core.asked.remembered import Remembered
from provisioner.core.mail_domain.records import Purpose, Record, desired_records
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.zone_choice import is_our_zone

Missing = Callable[[str], bool]  # says of an address whether it is missing in the state


def salvage(edges: Edges, workspace: Workspace) -> None:
    """Put files of the workspace aside that cannot be read: what they held, AWS knows."""
    for name, kept in workspace.salvage():
        edges.progress.warn(
            f"{workspace.domain}: {name} cannot be read; it is kept as {kept}, and what AWS knows takes its place"
        )


def recover(edges: Edges, domain: DomainName, asked: Asked) -> Remembered | None:
    """Return what AWS remembers of a domain in the region that was named, None when it is not known there."""
    region = asked.region or asked.default_region
    if region is None:
        return None
    edges.account.caller()  # it says soon when there are no credentials, or no network
    return _from_identity(edges, domain, region)


def recall_or_recover(edges: Edges, workspace: Workspace, asked: Asked) -> Remembered | None:
    """Return what this home remembers of the domain, or what AWS remembers in its place; None when neither does."""
    remembered = workspace.recall()
    if remembered is not None:
        return remembered
    recovered = recover(edges, workspace.domain, asked)
    if recovered is not None:
        edges.progress.note(
            f"{workspace.domain}: this home knows nothing of it, but AWS does; taking over what is there"
        )
    return recovered


def _from_identity(edges: Edges, domain: DomainName, region: Region) -> Remembered | None:
    """Return what the tags of the domain's identity hold."""
    identity = edges.identities.status(domain, region)
    if identity is None or not is_ours(identity.tags, domain):
        return None
    remembered = from_tags(identity.tags, domain, region)
    if remembered is None or remembered.decisions is None:
        return remembered
    return replace(remembered, decisions=_with_name_of_zone(edges, domain, remembered.decisions))


def _with_name_of_zone(edges: Edges, domain: DomainName, decisions: Decisions) -> Decisions | None:
    """Look up the name of an adopted zone, of which tags hold the id alone; None, to decide anew, when it is gone."""
    if decisions.zone.mode is not ResolvedMode.ADOPTED:
        return decisions
    zones = (zone for name in (domain.ascii, *domain.parents()) for zone in edges.zones.public_zones(name))
    names = (zone.name for zone in zones if zone.id == decisions.zone.id)
    return next((replace(decisions, zone=replace(decisions.zone, name=name)) for name in names), None)


def existing(edges: Edges, seen: Survey, missing: Missing, *, take_over: bool) -> tuple[Import, ...]:
    """Return imports for what exists on AWS although its address is missing in the state.

    Raises `Refused` for resources of our names without our tags, unless they are to be taken over.
    """
    imports = [
        *_zone(seen, missing),
        *_identity(seen, missing, take_over=take_over),
        *_configuration_set(edges, seen, missing, take_over=take_over),
        *(item for user in seen.spec.smtp_users for item in _user(edges, user, missing, take_over=take_over)),
        *_records(seen),
    ]
    return tuple(item for item in imports if missing(item.address))


def _zone(seen: Survey, missing: Missing) -> Iterator[Import]:
    if seen.spec.zone.is_ours and seen.zone is not None and missing(addresses.ZONE):
        if not is_our_zone(seen.zone, seen.spec.domain, seen.live):
            raise Refused(
                "zone_exists",
                f"{seen.spec.domain}: hosted zone {seen.zone.id} of this name exists and is not ours; a second one "
                "would have other name servers",
                "use --zone adopt to put the records there",
            )
        yield Import(addresses.ZONE, seen.zone.id)


def _identity(seen: Survey, missing: Missing, *, take_over: bool) -> Iterator[Import]:
    identity, domain = seen.identity, seen.spec.domain
    if identity is None:
        return
    if missing(addresses.IDENTITY):
        _check_ours(f"SES identity {identity.arn}", identity.tags, domain, take_over=take_over)
        yield Import(addresses.IDENTITY, domain.ascii)
    if identity.mail_from_domain:
        yield Import(addresses.MAIL_FROM, domain.ascii)


def _configuration_set(edges: Edges, seen: Survey, missing: Missing, *, take_over: bool) -> Iterator[Import]:
    name = seen.spec.configuration_set
    if not missing(addresses.CONFIGURATION_SET):
        return
    tags = edges.identities.configuration_set_tags(name, seen.spec.region)
    if tags is not None:
        _check_ours(f"configuration set {name}", tags, seen.spec.domain, take_over=take_over)
        yield Import(addresses.CONFIGURATION_SET, name)


def _user(edges: Edges, user: SmtpUser, missing: Missing, *, take_over: bool) -> Iterator[Import]:
    name = user.iam_user
    if missing(addresses.iam_user(user)):
        tags = edges.users.tags(name)
        if tags is None:
            return
        _check_ours(f"IAM user {name}", tags, user.domain, take_over=take_over)
        yield Import(addresses.iam_user(user), name)
    if missing(addresses.user_policy(user)) and edges.users.has_policy(name, addresses.POLICY_NAME):
        yield Import(addresses.user_policy(user), f"{name}:{addresses.POLICY_NAME}")


def _records(seen: Survey) -> Iterator[Import]:
    """Take in our record sets. Ours came after the identity; before it, only the merged TXT set is our business."""
    if seen.zone is None:
        return
    ours = seen.identity is not None and is_ours(seen.identity.tags, seen.spec.domain)
    tokens = seen.identity.dkim_tokens if seen.identity else ()
    live = {(record.name, record.type): record for record in seen.live}
    for wanted in desired_records(seen.spec, tokens):
        stands = live.get((wanted.name, wanted.type))
        if stands is not None and _is_to_be_taken(wanted, stands, ours=ours):
            yield Import(addresses.record(wanted.purpose, wanted.index), f"{seen.zone.id}_{wanted.name}_{wanted.type}")


def _is_to_be_taken(wanted: Record, stands: Record, *, ours: bool) -> bool:
    if wanted.purpose is Purpose.SPF:
        return True  # what others keep in the set is part of what we want there
    return ours and (wanted.purpose in (Purpose.DKIM, Purpose.DMARC) or wanted.values == stands.values)


def _check_ours(what: str, tags: Mapping[str, str], domain: DomainName, *, take_over: bool) -> None:
    if not take_over and not is_ours(tags, domain):
        raise Refused(
            "not_ours",
            f"{domain}: {what} exists and does not carry our tags (ManagedBy, Domain)",
            "delete it if nothing uses it, or give --take-over to manage it from now on",
        )
