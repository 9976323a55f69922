"""Who may send as the domains that were looked at, and who did: by IAM, which is asked once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain

from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.checks.observed import Unseen as NotGathered
from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.iam_user import IamUser
from provisioner.core.credentials.may_send import confined_to, may_send
from provisioner.core.credentials.sending_keys import MaySend, SendingKeys, keys_of, keys_of_ours, used_last_first
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen
from provisioner.errors import ProvisionerError
from provisioner.ports.doctor import DoctorEdges

_THREADS = 6

Others = Sequence[tuple[IamUser, MaySend]]


def with_senders(world: DoctorEdges, found: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Return the diagnoses with who may send as each domain.

    The domain's own SMTP users are as they were gathered. What nobody could look at is said, and hides nothing else.
    """
    gathered = {one.domain: one.users for one in found if not isinstance(one.users, NotGathered)}
    users = _all_users(world) if gathered else ()
    confined = {} if isinstance(users, Unseen) else {user.name: confined_to(user) for user in users}
    others = {domain: _others(users, states, confined) for domain, states in gathered.items()}
    keys = _keys(world, {user.name: user for listed in others.values() for user, _ in listed})
    return [replace(one, senders=_senders(one, users, others.get(one.domain, ()), keys)) for one in found]


def _all_users(world: DoctorEdges) -> Sequence[IamUser] | Unseen:
    try:
        return world.account_users.all()
    except ProvisionerError as error:
        return Unseen(error.message, error.hint)


def _others(
    users: Sequence[IamUser] | Unseen,
    states: Sequence[SmtpUserState],
    confined: Mapping[str, frozenset[str] | None],
) -> Others:
    """Return the users that are not the domain's own and may send as it."""
    if isinstance(users, Unseen) or not states:
        return ()
    own, domain = {state.user.iam_user for state in states}, states[0].user.domain.ascii
    possible = (user for user in users if user.name not in own and domain in (confined[user.name] or (domain,)))
    asked = ((user, may_send(user, states[0])) for user in possible)
    return [(user, may) for user, may in asked if may is not None]


def _keys(world: DoctorEdges, users: Mapping[str, IamUser]) -> Mapping[str, IamUser]:
    """Return the users with their keys, which are asked for side by side."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip(users, pool.map(lambda user: _with_keys(world, user), users.values()), strict=True))


def _with_keys(world: DoctorEdges, user: IamUser) -> IamUser:
    try:
        keys = tuple(world.edges.users.keys(user.name))
    except ProvisionerError as error:
        return replace(user, keys=Unseen(error.message, error.hint))
    return replace(user, keys=keys, uses={key.id: _last_use(world, key) for key in keys})


def _last_use(world: DoctorEdges, key: AccessKey) -> LastUse | Unseen | None:
    try:
        return world.edges.access.last_use(key.id)
    except ProvisionerError as error:
        return Unseen(error.message, error.hint)


def _senders(
    one: Diagnosis, users: Sequence[IamUser] | Unseen, others: Others, keys: Mapping[str, IamUser]
) -> SendingKeys:
    if isinstance(one.users, NotGathered):
        return SendingKeys(unseen=(f"IAM users: {one.users.reason}",))
    of_others = (keys_of(keys[user.name], may) for user, may in others)
    unseen = (f"other users of the account: {users.reason}",) if isinstance(users, Unseen) else ()
    return SendingKeys(used_last_first(chain(keys_of_ours(one.users), *of_others)), unseen)
