"""How a domain and its senders stand on AWS, which is where it is decided."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.standing import PAUSE_DOCUMENT, DomainStanding, by_switch, from_tags, is_pause
from provisioner.core.standing import GOOD, Standing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY, configuration_set_name
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.ports.edges import Edges


def standing_of(edges: Edges, domain: DomainName, request: Request, identity: IdentityStatus | None) -> DomainStanding:
    """Return how the domain and each of its senders stand: by AWS's own switches, with since when and why by the tags.

    Where the switch itself is gone, with a configuration set or a user that somebody deleted, the tag stands for it, so
    that making it anew frees nobody.
    """
    users = [SmtpUser(domain, name) for name in request.senders.names]
    return _standing_of(edges, domain, request.region, identity, users)


def standing_of_user(edges: Edges, user: SmtpUser, region: Region, identity: IdentityStatus | None) -> DomainStanding:
    """Return how the domain stands, and of its senders only the one that the user is."""
    return _standing_of(edges, user.domain, region, identity, [user] if user.sender is not None else [])


def pause_again(edges: Edges, domain: DomainName, standing: DomainStanding) -> None:
    """Deny sending to the paused senders whose user lost the denial, because it was deleted and made anew."""
    for name in standing.paused_senders:
        user = SmtpUser(domain, name)
        if not is_denied(edges, user):
            edges.users.put_policy(user.iam_user, PAUSE_POLICY, PAUSE_DOCUMENT)


def is_denied(edges: Edges, user: SmtpUser) -> bool:
    """Say whether the user's policy that pauses it is there, and pauses it."""
    return is_pause(edges.users.policy(user.iam_user, PAUSE_POLICY))


def _standing_of(
    edges: Edges, domain: DomainName, region: Region, identity: IdentityStatus | None, senders: Sequence[SmtpUser]
) -> DomainStanding:
    kept = from_tags(identity.tags if identity else {})
    enabled = edges.identities.sending_enabled(configuration_set_name(domain), region)
    stands = kept.domain if enabled is None else by_switch(kept.domain, enabled=enabled)
    each = {str(user.sender): _of_sender(edges, user, kept.of(user.sender)) for user in senders}
    return DomainStanding(stands, each, has_switch=enabled is not None)


def _of_sender(edges: Edges, user: SmtpUser, kept: Standing) -> Standing:
    if is_denied(edges, user):
        return by_switch(kept, enabled=False)
    is_gone = not kept.may_send and edges.users.tags(user.iam_user) is None
    return kept if is_gone else GOOD
