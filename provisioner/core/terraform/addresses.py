"""Where each resource of a domain stands in its Terraform root, and how Terraform finds it on AWS."""

import re
from dataclasses import dataclass

from provisioner.core.mail_domain.records import Purpose
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser

ZONE = "module.mail_domain.aws_route53_zone.this[0]"
IDENTITY = "module.mail_domain.aws_sesv2_email_identity.this"
MAIL_FROM = "module.mail_domain.aws_sesv2_email_identity_mail_from_attributes.this"
CONFIGURATION_SET = "module.mail_domain.aws_sesv2_configuration_set.this"
EVENTS = "module.mail_domain.aws_sesv2_configuration_set_event_destination.feedback[0]"

_RECORD = "module.mail_domain.aws_route53_record"
_TYPE = re.compile(r"aws_[a-z0-9_]+")
_IAM_USER = re.compile(r'module\.(?:smtp_user|sender\["(?P<sender>[a-z0-9-]+)"\])\.aws_iam_user\.this')


@dataclass(frozen=True, slots=True)
class Import:
    """An existing resource that Terraform shall take into its state; `id` is in the provider's form."""

    address: str
    id: str


def record(purpose: Purpose, index: int = 0) -> str:
    """Return the address of one of the domain's records; `index` counts those of DKIM."""
    return f'{_RECORD}.dkim["{index}"]' if purpose is Purpose.DKIM else f'{_RECORD}.static["{purpose}"]'


def dkim_records() -> tuple[str, ...]:
    """Return the addresses of the three records of Easy DKIM."""
    return tuple(record(Purpose.DKIM, index) for index in range(3))


def module_of(user: SmtpUser) -> str:
    """Return the address below which everything of an SMTP user stands."""
    return "module.smtp_user" if user.sender is None else f'module.sender["{user.sender}"]'


def iam_user(user: SmtpUser) -> str:
    """Return the address of an SMTP user's IAM user."""
    return f"{module_of(user)}.aws_iam_user.this"


def user_policy(user: SmtpUser) -> str:
    """Return the address of an SMTP user's policy."""
    return f"{module_of(user)}.aws_iam_user_policy.send_as_domain"


def type_of(address: str) -> str:
    """Return the type of the resource that stands at an address, e.g. `aws_iam_user`."""
    found = _TYPE.search(address)
    return found.group() if found else ""


def addresses_of(spec: MailDomain) -> frozenset[str]:
    """Return the addresses of everything that a domain may have, whether or not it wants all of it."""
    users, static = spec.smtp_users, set(Purpose) - {Purpose.DKIM, Purpose.OTHER}
    return frozenset(
        (
            *(ZONE, IDENTITY, MAIL_FROM, CONFIGURATION_SET),
            *([EVENTS] if spec.feedback_topic else []),  # else it goes with the set
            *map(iam_user, users),
            *map(user_policy, users),
            *map(record, static),
            *dkim_records(),
        )
    )


def smtp_user_at(domain: DomainName, address: str) -> SmtpUser | None:
    """Return the SMTP user whose IAM user stands at the address, None for any other address."""
    found = _IAM_USER.fullmatch(address)
    return SmtpUser(domain, found["sender"]) if found else None
