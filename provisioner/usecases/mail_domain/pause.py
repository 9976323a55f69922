"""Stop a domain or one of its senders from sending, and let it send again: the only ways to either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.provenance import is_ours
from provisioner.core.asked.request import Request
from provisioner.core.asked.tags import MOST_TAGS
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.standing import PAUSE_DOCUMENT, DomainStanding, tag_key, tag_value
from provisioner.core.standing import GOOD, Grade, Standing
from provisioner.core.values.resource_names import PAUSE_POLICY, configuration_set_name
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.stored import smtp_user
from provisioner.usecases.mail_domain.healing import remembered_of
from provisioner.usecases.mail_domain.own_account import in_own_account
from provisioner.usecases.standing import standing_of


@dataclass(frozen=True, slots=True)
class Switched:
    """How a domain or a sender stands after `pause` or `resume`; `changed` says whether it stood otherwise before."""

    user: SmtpUser
    standing: Standing
    changed: bool

    def to_document(self) -> dict[str, object]:
        """Return the document of `pause --json` and `resume --json`."""
        return {
            "domain": self.user.domain.ascii,
            "sender": self.user.sender,
            "changed": self.changed,
            "sending": self.standing.to_document(),
        }


@dataclass(frozen=True, slots=True)
class _Seen:
    """The domain, or the sender of it, as AWS has it."""

    user: SmtpUser
    request: Request
    identity: IdentityStatus | None
    standings: DomainStanding

    @property
    def standing(self) -> Standing:
        """How the one of whom it is asked stands."""
        return self.standings.of(self.user.sender)


def pause(edges: Edges, user: SmtpUser, asked: Asked, reason: str | None, *, dry_run: bool = False) -> Switched:
    """Let nothing go out any more from the domain, or as one of its senders, until it is resumed.

    It holds from the moment that AWS has taken it, without Terraform and whoever else works on the domain. Of what is
    paused already another `reason` is kept, and since when it is stays.
    """
    seen = _look(edges, user, asked)
    before = seen.standing
    since = edges.clock.now().replace(microsecond=0) if before.may_send else before.since
    after = Standing(Grade.PAUSED, since, reason or before.reason)
    return _switch(edges, seen, after, dry_run=dry_run)


def resume(edges: Edges, user: SmtpUser, asked: Asked, *, dry_run: bool = False) -> Switched:
    """Let the domain, or one of its senders, send again; the other of the two stays as it is."""
    return _switch(edges, _look(edges, user, asked), GOOD, dry_run=dry_run)


def _look(edges: Edges, wanted: SmtpUser, asked: Asked) -> _Seen:
    """Return how it stands; raises `Refused` for what does not carry our tags, or is of another account."""
    domain, user = wanted.domain, smtp_user(edges, wanted.domain, wanted.sender)
    remembered = remembered_of(edges, domain, asked)
    in_own_account(edges, domain, remembered.account)
    request = remembered.request
    identity = edges.identities.status(domain, request.region)
    if identity is not None and not is_ours(identity.tags, domain):
        hint = "pause it where it is managed"
        raise Refused("not_ours", f"{domain}: SES identity {identity.arn} does not carry our tags", hint)
    seen = _Seen(user, request, identity, standing_of(edges, domain, request, identity))
    _refuse_without_switch(edges, seen)
    return seen


def _refuse_without_switch(edges: Edges, seen: _Seen) -> None:
    """Raise when there is nothing to pause or to resume: no configuration set, or no IAM user of the sender."""
    domain, again = seen.user.domain, f"`provisioner new-domain {seen.user.domain}` makes it"
    if seen.user.sender is not None:
        if edges.users.tags(seen.user.iam_user) is None:
            raise ProvisionerError("no_such_user", f"{seen.user}: IAM user {seen.user.iam_user} does not exist", again)
    elif not seen.standings.has_switch:
        name = configuration_set_name(domain)
        message = f"{domain}: configuration set {name} does not exist in {seen.request.region}"
        raise ProvisionerError("no_configuration_set", message, again)


def _switch(edges: Edges, seen: _Seen, after: Standing, *, dry_run: bool) -> Switched:
    changed = after != seen.standing
    if changed and not dry_run:
        if after.may_send != seen.standing.may_send:
            _throw(edges, seen, enabled=after.may_send)
        _write_down(edges, seen, after)
    return Switched(seen.user, after, changed)


def _throw(edges: Edges, seen: _Seen, *, enabled: bool) -> None:
    """Throw AWS's own switch: the configuration set's of a domain, a policy that denies all of a sender."""
    user = seen.user
    if user.sender is None:
        edges.identities.let_send(configuration_set_name(user.domain), seen.request.region, enabled=enabled)
    elif enabled:
        edges.users.delete_policy(user.iam_user, PAUSE_POLICY)
    else:
        edges.users.put_policy(user.iam_user, PAUSE_POLICY, PAUSE_DOCUMENT)


def _write_down(edges: Edges, seen: _Seen, after: Standing) -> None:
    """Write since when and why into the identity's tags, and into this home; the switch is thrown, whatever fails."""
    _try(edges, seen.user, lambda: _tag(edges, seen, after))
    _try(edges, seen.user, lambda: _note(edges, seen, after))


def _tag(edges: Edges, seen: _Seen, after: Standing) -> None:
    key, identity, region = tag_key(seen.user.sender), seen.identity, seen.request.region
    if identity is None:
        return
    if after.may_send:
        if key in identity.tags:
            edges.identities.untag(seen.user.domain, region, [key])
    elif key not in identity.tags and len(identity.tags) >= MOST_TAGS:
        raise ProvisionerError("too_many_tags", f"its identity has {MOST_TAGS} tags already")
    else:
        edges.identities.tag(seen.user.domain, region, {key: tag_value(after)})


def _note(edges: Edges, seen: _Seen, after: Standing) -> None:
    workspace, sender = edges.workspaces.peek(seen.user.domain), seen.user.sender
    if workspace is None:
        return
    if sender is None:
        workspace.note_standing(replace(seen.standings, domain=after))
    else:
        workspace.note_standing(replace(seen.standings, senders={**seen.standings.senders, sender: after}))


def _try(edges: Edges, user: SmtpUser, write: Callable[[], None]) -> None:
    try:
        write()
    except ProvisionerError as error:
        edges.progress.warn(f"{user}: it is done, but it could not be written down since when and why: {error.message}")
