"""Requests by which an SMTP user's policies are tried: what must be allowed, and what may not be.

Source: SES developer guide, "Controlling access to Amazon SES": SMTP is `ses:SendRawEmail` with `ses:ApiVersion` 2, on
the identity and on the configuration set; in the account's sandbox, and for identities of the account, on the
recipient's identity as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provisioner.core.iam.request import IamRequest, Value
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.core.values.smtp_user import SmtpUser

SMTP = "ses:SendRawEmail"
API = "ses:SendEmail"
_STRANGER = "someone.example"  # a domain that is nobody's (RFC 2606)
_OPEN = ("aws:*", "ses:Recipients", "ses:FromDisplayName")  # what differs from request to request


@dataclass(frozen=True, slots=True)
class Scope:
    """What an SMTP user is for: SES of which account and region (by its ARN), and which address it sends as.

    `address` is a sender's only one, None for any of the domain.
    """

    user: SmtpUser
    region: Region
    arn: str
    address: str | None = None

    @property
    def own_address(self) -> str:
        """An address that it shall send as."""
        return self.address or f"info@{self.user.domain.ascii}"

    @property
    def identity(self) -> str:
        """The ARN of the domain's identity."""
        return self.ses(f"identity/{self.user.domain.ascii}")

    @property
    def configuration_set(self) -> str:
        """The ARN of the domain's configuration set."""
        return self.ses(f"configuration-set/{configuration_set_name(self.user.domain)}")

    def ses(self, resource: str) -> str:
        """Return the ARN of something of SES there."""
        _, partition, _, _, account, *_ = f"{self.arn}:::::".split(":")
        return f"arn:{partition}:ses:{self.region}:{account}:{resource}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A request, and what it is in words."""

    words: str
    request: IamRequest


def own_mail(scope: Scope, *, action: str = SMTP, version: str = "2") -> IamRequest:
    """Return the request that must be allowed: mail from its own address to anybody."""
    return _request(scope, scope.own_address, (scope.identity, scope.configuration_set), action, version)


def mail_to_identity(scope: Scope) -> IamRequest:
    """Return mail to an address whose domain is an identity of the same account."""
    arns = (scope.identity, scope.configuration_set, scope.ses(f"identity/{_STRANGER}"))
    return _request(scope, scope.own_address, arns)


def mail_as_others(scope: Scope) -> Iterator[Sample]:
    """Go through requests that may not be allowed, as they are mail from addresses that are not its own."""
    domain = scope.user.domain.ascii
    froms = [f"info@{_STRANGER}", f"info@evil-{domain}"]
    if scope.address is not None:
        froms.append(f"not-{scope.address}")
    for address in froms:
        identity = scope.ses(f"identity/{address.rpartition('@')[2]}")
        for action in (SMTP, API):
            words = f"{action} from {address}"
            yield Sample(words, _request(scope, address, (identity, scope.configuration_set), action))


def mail_by_another_user(scope: Scope, iam_user: str, address: str) -> Iterator[IamRequest]:
    """Go through requests by which another IAM user, `iam_user` of the ARN of `scope`, would send as an address.

    They go through no set, as whoever is not of the domain may send without one: SMTP, and the call of the API.
    """
    for action in (SMTP, API):
        request = _request(scope, address, (scope.identity,), action)
        context = {**request.context, "ses:FeedbackAddress": address, "aws:username": iam_user}
        yield replace(request, context=context)


def mail_by_other_set(scope: Scope) -> Iterator[Sample]:
    """Go through requests by which a pause is evaded: mail of its own through a set that is not the domain's."""
    arns = (scope.identity, scope.ses("configuration-set/another"))
    for action in (SMTP, API):
        yield Sample(f"{action} through another configuration set", _request(scope, scope.own_address, arns, action))


def _request(
    scope: Scope, address: str, resources: tuple[str, ...], action: str = SMTP, version: str = "2"
) -> IamRequest:
    context: dict[str, Value] = {
        "ses:ApiVersion": version,
        "ses:FromAddress": address,
        "ses:FeedbackAddress": scope.own_address,
        "aws:SecureTransport": "true",
        "aws:PrincipalArn": scope.arn,
        "aws:PrincipalAccount": f"{scope.arn}:::::".split(":")[4],
        "aws:PrincipalType": "User",
        "aws:RequestedRegion": scope.region.name,
        "aws:username": scope.user.iam_user,
    }
    return IamRequest(action, resources, context, _OPEN)
