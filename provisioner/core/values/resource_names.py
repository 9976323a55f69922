"""The names of a domain's AWS resources: within AWS's limits for every legal domain, and never the same for two."""

import hashlib

from provisioner.core.values.domain import DomainName

USER_POLICY = "send-as-domain"  # the inline policy of an SMTP user, as the Terraform module calls it
PAUSE_POLICY = "sending-paused"  # the one beside it that denies everything while a sender is paused; never Terraform's

_LONGEST = 64  # of a configuration set (SES: A-Z a-z 0-9 _ -) and of an IAM user ([\w+=,.@-], unique in any case)
_DIGEST = 16

_TO_CONFIGURATION_SET = str.maketrans({".": "-", "-": "_"})


def configuration_set_name(domain: DomainName) -> str:
    """Return the configuration set's name: `example.com` -> `example-com`, `a-b.com` -> `a_b-com`.

    `--` marks a shortened name: it cannot occur otherwise, a domain has no two dots in a row.
    """
    return _shorten(domain.ascii.translate(_TO_CONFIGURATION_SET), "--", domain)


def iam_user_name(domain: DomainName) -> str:
    """Return the IAM user's name: the domain itself; `=`, which no domain contains, marks a shortened one."""
    return _shorten(domain.ascii, "=", domain)


def sender_user_name(domain: DomainName, name: str) -> str:
    """Return the name of a sender's IAM user, `example.com+shop`; `+`, too, is in no domain."""
    suffix = f"+{name}"
    return _shorten(domain.ascii, "=", domain, _LONGEST - len(suffix)) + suffix


def _shorten(name: str, mark: str, domain: DomainName, longest: int = _LONGEST) -> str:
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(domain.ascii.encode("ascii")).hexdigest()[:_DIGEST]
    return name[: longest - len(mark) - _DIGEST] + mark + digest
