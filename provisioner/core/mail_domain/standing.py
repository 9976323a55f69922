"""How a domain and its senders stand, and what AWS itself remembers of it.

That a domain is paused is its configuration set's `SendingEnabled`; that a sender is, an inline policy of its IAM user.
Since when and why is in tags of the identity, `ProvisionerStanding = paused 2026-11-28T03:10:00Z too many bounces`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from provisioner.core.asked.options import LONGEST_TAG_VALUE, tag_text, text_of_tag
from provisioner.core.asked.tags import STANDING, STANDING_PREFIX
from provisioner.core.standing import GOOD, Grade, Standing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

PAUSE_DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "SendingPaused", "Effect": "Deny", "Action": "ses:*", "Resource": "*"}],
    }
)

_EVERYTHING_OF_SES = ("ses:*", "*")

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class DomainStanding:
    """How a domain stands, and each of its senders by name; what is not among the senders is good.

    `has_switch` says whether the configuration set, which lets the domain's mail out, was there.
    """

    domain: Standing = GOOD
    senders: Mapping[str, Standing] = field(default_factory=dict)
    has_switch: bool = field(default=True, compare=False)

    def of(self, sender: str | None) -> Standing:
        """Return how a sender stands, or, without a name, the domain itself."""
        return self.domain if sender is None else self.senders.get(sender, GOOD)

    def still_paused(self, before: DomainStanding) -> DomainStanding:
        """Return it with what was paused `before`."""
        senders = {name: one for name, one in before.senders.items() if not one.may_send and self.of(name).may_send}
        domain = before.domain if self.domain.may_send else self.domain
        return replace(self, domain=domain, senders={**self.senders, **senders})

    @property
    def paused_senders(self) -> tuple[str, ...]:
        """The names of the senders that may not send, in their order."""
        return tuple(sorted(name for name, standing in self.senders.items() if not standing.may_send))

    def to_tags(self) -> dict[str, str]:
        """Return the identity's tags that hold it, the domain's first.

        There are none for what is good, nor for a pause of which AWS's own switch says all that is known.
        """
        found = {tag_key(None): self.domain, **{tag_key(name): one for name, one in sorted(self.senders.items())}}
        told = {key: one for key, one in found.items() if not one.may_send and (one.since or one.reason)}
        return {key: tag_value(standing) for key, standing in told.items()}

    def to_document(self) -> dict[str, object]:
        """Return the form that a workspace keeps."""
        senders = {name: standing.to_document() for name, standing in self.senders.items() if not standing.may_send}
        return {**self.domain.to_document(), "senders": senders}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> DomainStanding:
        """Read `to_document` back; what is not a standing counts as good."""
        senders = document.get("senders")
        listed = senders.items() if isinstance(senders, Mapping) else ()
        return cls(
            Standing.from_document(document),
            {str(name): Standing.from_document(one) for name, one in listed if isinstance(one, Mapping)},
        )


ALL_GOOD = DomainStanding()


def by_switch(kept: Standing, *, enabled: bool) -> Standing:
    """Return what AWS's switch says; what was written down counts only where it agrees."""
    if enabled:
        return GOOD
    return Standing(Grade.PAUSED) if kept.may_send else kept


def is_pause(document: object) -> bool:
    """Say whether an inline policy is a pause: it denies all of SES, and allows nothing."""
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    listed = statements if isinstance(statements, list) else [statements]
    denials = [one for one in listed if isinstance(one, Mapping) and one.get("Effect") == "Deny"]
    return len(denials) == len(listed) and any(
        one.get("Action") in _EVERYTHING_OF_SES and one.get("Resource") == "*" and not one.get("Condition")
        for one in denials
    )


def from_tags(tags: Mapping[str, str]) -> DomainStanding:
    """Return what the tags of an identity hold; a tag that cannot be read counts as paused, since nobody knows when."""
    named = {key.removeprefix(STANDING_PREFIX): key for key in tags if key.startswith(STANDING_PREFIX)}
    senders = {name: _standing(tags[key]) for name, key in named.items()}
    return DomainStanding(_standing(tags[STANDING]) if STANDING in tags else GOOD, senders)


def tag_key(sender: str | None) -> str:
    """Return the key of the tag that holds since when and why a sender, or the domain itself, is paused."""
    return STANDING if sender is None else f"{STANDING_PREFIX}{sender}"


def tag_value(standing: Standing) -> str:
    """Return the value of that tag."""
    since = standing.since.strftime(_TIME) if standing.since else _UNKNOWN
    return f"{standing.grade} {since} {tag_text(standing.reason or '')}".rstrip()


def parse_reason(text: str) -> str:
    """Read the reason of a pause, which goes into an AWS tag; raises `InputError("invalid_reason")`."""
    reason = " ".join(text.split())
    if not reason or not reason.isprintable():
        raise InputError("invalid_reason", f"{quoted(text)} is not a reason", "Give a few words, or leave it out.")
    length = len(tag_value(Standing(Grade.PAUSED, datetime.fromtimestamp(0, UTC), reason)))
    if length > LONGEST_TAG_VALUE:
        message = f"the reason {quoted(reason)} is {length - LONGEST_TAG_VALUE} characters too long for an AWS tag"
        hint = "Shorten it; what tags cannot hold, such as a comma, counts as three."
        raise InputError("invalid_reason", message, hint)
    return reason


def standing_steps(domain: DomainName, standing: DomainStanding) -> Iterator[str]:
    """Go through what is paused, each with the only command that ends it."""
    if not standing.domain.may_send:
        command = resume_command(SmtpUser(domain))
        yield f"sending is {standing.domain}: nothing goes out from {domain} until `{command}`"
    for name in standing.paused_senders:
        command = resume_command(SmtpUser(domain, name))
        yield f"sender {name} is {standing.of(name)}: nothing goes out as it until `{command}`"


def resume_command(user: SmtpUser) -> str:
    """Return the command line that lets it send again."""
    return f"provisioner resume {user.domain}" + (f" --sender {user.sender}" if user.sender else "")


def _standing(tag: str) -> Standing:
    grade, _, rest = tag.partition(" ")
    since, _, reason = rest.partition(" ")
    if grade == Grade.GOOD:
        return GOOD
    return Standing(Grade.PAUSED, _moment(since), text_of_tag(reason) or None)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
