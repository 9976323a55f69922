"""Look at an SMTP user as IAM and the credential store have it; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from provisioner.core.asked.senders import Senders
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.iam_user import GivenPolicy, IamUser
from provisioner.core.credentials.login_kind import wrong_user_name
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen, seen_unless
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.mail_domain.standing import is_pause
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.slots import listed_keys, seen_rotation

_NOT_SEEN = ("access_denied", "corrupt_credential")  # of this alone nothing is known then


def users_of(edges: Edges, spec: MailDomain) -> Sequence[SmtpUserState]:
    """Return all SMTP users of a domain, which are looked at side by side."""
    with ThreadPoolExecutor(len(spec.smtp_users)) as pool:
        return tuple(pool.map(partial(user_of, edges, spec), spec.smtp_users))


def user_of(edges: Edges, spec: MailDomain, user: SmtpUser) -> SmtpUserState:
    """Return all that decides what a user of a domain may do, and who it is."""
    return user_state(edges, user, spec.region, spec.senders, spec.account)


def user_state(edges: Edges, user: SmtpUser, region: Region, senders: Senders, account: str = "") -> SmtpUserState:
    """Return the user in IAM, its policies with what they say, its keys and their use, and which one is stored.

    Where the operator lacks a permission, that part is `Unseen`.
    """
    current = seen_unless(_NOT_SEEN, lambda: edges.store.load(user))
    stored = current.user_name if isinstance(current, SmtpCredential) else current
    iam = edges.iam.user(user.iam_user)
    if iam is not None and isinstance(stored, str):
        iam = _listed_again(edges, user, iam, stored)
    seen = None
    if iam is not None and not isinstance(current, Unseen) and not isinstance(iam.keys, Unseen):
        seen = seen_rotation(edges, user, current, iam.keys)
    return replace(_judged(user, iam, region, senders), stored=stored, rotation=seen, account=account)


def access_of(edges: Edges, user: SmtpUser, region: Region, senders: Senders) -> SmtpUserState:
    """Return the user in IAM and what it may do; neither its keys nor the store are asked for."""
    return _judged(user, edges.iam.user(user.iam_user, keys=False), region, senders)


def _judged(user: SmtpUser, iam: IamUser | None, region: Region, senders: Senders) -> SmtpUserState:
    address = next((one.address(user.domain) for one in senders.listed if one.name == user.sender), None)
    return SmtpUserState(user, iam, None, region, address=address, pause=_pause(user, iam))


def senders_of(edges: Edges, domain: DomainName) -> Senders:
    """Return the senders that a domain was asked for; none where this home does not know it."""
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return remembered.request.senders if remembered else Senders()


def _listed_again(edges: Edges, user: SmtpUser, iam: IamUser, stored: str) -> IamUser:
    """Return the user with keys that were listed until the stored one is among them, or counts as gone."""
    if isinstance(iam.keys, Unseen) or stored in [key.id for key in iam.keys] or wrong_user_name(stored):
        return iam
    return replace(iam, keys=tuple(listed_keys(edges, user, (stored,))))


def _pause(user: SmtpUser, iam: IamUser | None) -> GivenPolicy | None:
    """Return the policy by which a sender is paused; one of that name that lets anything through is no pause."""
    if user.sender is None or iam is None or isinstance(iam.inline, Unseen):
        return None
    return next((one for one in iam.inline if one.name == PAUSE_POLICY and is_pause(one.document)), None)
