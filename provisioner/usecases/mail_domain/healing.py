"""What a lost or damaged workspace held: recovered from the tags on AWS."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.decisions import Decisions, ResolvedMode
from provisioner.core.asked.provenance import from_tags, is_ours
from provisioner.core.asked.remembered import Remembered
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.home import unknown_domain


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
    edges.account.check()
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


def remembered_of(edges: Edges, domain: DomainName, asked: Asked) -> Remembered:
    """Return what was asked for the domain, by this home or, when it knows nothing, by AWS's tags; nothing is held.

    Raises `InputError("unknown_domain")`.
    """
    workspace = edges.workspaces.peek(domain)
    remembered = (workspace.recall() if workspace else None) or recover(edges, domain, asked)
    if remembered is None:
        raise unknown_domain(domain)
    return remembered


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
