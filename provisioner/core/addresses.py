"""Where each resource of a domain stands in its Terraform root, and how Terraform finds it on AWS."""

from dataclasses import dataclass

ZONE = "module.mail_domain.aws_route53_zone.this[0]"
IDENTITY = "module.mail_domain.aws_sesv2_email_identity.this"
MAIL_FROM = "module.mail_domain.aws_sesv2_email_identity_mail_from_attributes.this"
CONFIGURATION_SET = "module.mail_domain.aws_sesv2_configuration_set.this"
USER = "module.smtp_user.aws_iam_user.this"
USER_POLICY = "module.smtp_user.aws_iam_user_policy.send_as_domain"
POLICY_NAME = "send-as-domain"

_RECORD = "module.mail_domain.aws_route53_record"


@dataclass(frozen=True, slots=True)
class Import:
    """An existing resource that Terraform shall take into its state; `id` is in the provider's form."""

    address: str
    id: str


def record(key: str) -> str:
    """Return the address of a record by its key: `spf`, `mail_from_mx`, `dkim_0`."""
    if key.startswith("dkim_"):
        return f'{_RECORD}.dkim["{key.removeprefix("dkim_")}"]'
    return f'{_RECORD}.static["{key}"]'
