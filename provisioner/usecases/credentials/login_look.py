"""Look at an SMTP login: as it is written, at SES, and, where that refuses it, at its key and at other regions."""

from __future__ import annotations

from provisioner.core.checks.smtp_login import fault_of_key, looks
from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.login import FoundKey, GivenLogin
from provisioner.core.credentials.login_kind import Kind, look_at_password
from provisioner.core.credentials.login_seen import LoginSeen, NotAsked
from provisioner.core.credentials.smtp_reply import Cause
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.key_lookup import find_key, last_use
from provisioner.usecases.credentials.logins import answers, other_region, takes


def look_at_login(edges: Edges, login: GivenLogin) -> LoginSeen:
    """Return all that can be found out about a login; nothing is changed, and no message is sent.

    One that is wrong by its looks is not tried, only what was probably meant.
    """
    look = look_at_password(login.password, login.region.name)
    works = None
    if look.kind is not Kind.PASSWORD and look.meant is not None:
        works = takes(edges, login, look.meant)
    if any(looks(login, look, meant_works=works)):
        return LoginSeen(login, look, works)
    seen = LoginSeen(login, look, answers=answers(edges, login))
    if seen.refusal is None or seen.refusal.cause is Cause.NOT_SUBSCRIBED:
        return seen
    return _looked_up(edges, seen)


def _looked_up(edges: Edges, seen: LoginSeen) -> LoginSeen:
    """Return a refused login with what IAM has of its key and, where nothing is wrong with that, its region."""
    login, key, used = seen.login, _key(edges, seen.login), None
    if isinstance(key, FoundKey):
        if fault_of_key(login, key) is not None:
            return LoginSeen(login, seen.look, answers=seen.answers, key=key)
        used = last_use(edges, login.user_name)
    elsewhere = _elsewhere(edges, login, used)
    return LoginSeen(login, seen.look, answers=seen.answers, key=key, last_use=used, elsewhere=elsewhere)


def _key(edges: Edges, login: GivenLogin) -> FoundKey | NotAsked:
    try:
        return find_key(edges, login)
    except ProvisionerError as error:
        return NotAsked(error.code, error.message, error.hint)


def _elsewhere(edges: Edges, login: GivenLogin, used: LastUse | None) -> Region | NotAsked | None:
    try:
        return other_region(edges, login, used.region if used else None)
    except ProvisionerError as error:
        return NotAsked(error.code, error.message, error.hint)
