"""Taking over what somebody else made: nothing that is in use is replaced unseen, and no user keeps more than ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from provisioner.core.asked.provenance import is_ours
from provisioner.core.credentials.holdings import DECIDING
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import
from provisioner.core.terraform.plan import Plan
from provisioner.core.terraform.taking_over import replaced_settings
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.removal import refuse_further_access
from provisioner.usecases.mail_domain.survey import Survey


def refuse_unseen_replacement(
    edges: Edges, seen: Survey, imports: Sequence[Import], plan: Plan, *, agreed: bool
) -> None:
    """Raise `Refused` when the plan takes over what it should not.

    `user_holds_more`: an IAM user that may do more than send would keep that, and its keys. `user_elsewhere`: it is not
    below the path of the SMTP users, where alone an operator needs to write. `replaces_settings`: the plan replaces
    settings of others, and the user has not `agreed` to that.
    """
    taken = _taken(edges, seen, {one.address for one in imports})
    users = [user for user in seen.spec.smtp_users if addresses.iam_user(user) in taken]
    refuse_further_access(edges, users, DECIDING)
    _refuse_elsewhere(plan, users)
    replaced = replaced_settings(plan, taken)
    if replaced and not agreed:
        domain = seen.spec.domain
        raise Refused(
            "replaces_settings",
            f"{domain}: taking over replaces {len(replaced)} settings that may be in use: {'; '.join(replaced)}",
            f"nothing was touched; look at all of it with `provisioner plan {domain} --take-over`, then repeat with "
            f"`provisioner new-domain {domain} --take-over --yes`",
        )


def _refuse_elsewhere(plan: Plan, users: Sequence[SmtpUser]) -> None:
    at = {addresses.iam_user(user): user for user in users}
    for change in plan.changes:
        path, ours = ((side or {}).get("path") for side in (change.before, change.after))
        if change.address in at and path != ours:
            user = at[change.address]
            raise Refused(
                "user_elsewhere",
                f"{user.domain}: IAM user {user.iam_user} is at the path {path}, and SMTP users are below {ours}; "
                "nothing was touched",
                "when nothing depends on its ARN, which changes, let somebody who may move it with "
                f"`aws iam update-user --user-name {user.iam_user} --new-path {ours}`, then repeat",
            )


def _taken(edges: Edges, seen: Survey, imported: Collection[str]) -> frozenset[str]:
    """Return the addresses among the imported ones whose resources do not carry our tags."""
    return frozenset(address for address in _foreign(edges, seen, imported) if address in imported)


def _foreign(edges: Edges, seen: Survey, imported: Collection[str]) -> Iterator[str]:
    spec = seen.spec
    if seen.identity is not None and not is_ours(seen.identity.tags, spec.domain):
        yield from (addresses.IDENTITY, addresses.MAIL_FROM)
    if addresses.CONFIGURATION_SET in imported:
        tags = edges.identities.configuration_set_tags(spec.configuration_set, spec.region)
        if not is_ours(tags or {}, spec.domain):
            yield addresses.CONFIGURATION_SET
    for user in spec.smtp_users:
        if addresses.iam_user(user) in imported and _is_foreign(edges, user):
            yield from (addresses.iam_user(user), addresses.user_policy(user))


def _is_foreign(edges: Edges, user: SmtpUser) -> bool:
    return not is_ours(edges.users.tags(user.iam_user) or {}, user.domain)
