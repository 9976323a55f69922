"""The names of a domain's AWS resources: within AWS's limits for every legal domain, and never the same for two."""

import hashlib

from provisioner.core.values.domain import DomainName

IAM_USER_PATH = "/provisioner/smtp/"
LONGEST = 64  # of a configuration set (SES: A-Z a-z 0-9 _ -) and of an IAM user ([\w+=,.@-], unique in any case)
DIGEST = 16

_TO_CONFIGURATION_SET = str.maketrans({".": "-", "-": "_"})


def configuration_set_name(domain: DomainName) -> str:
    """Return the configuration set's name: `example.com` -> `example-com`, `a-b.com` -> `a_b-com`.

    `--` marks a shortened name: it cannot occur otherwise, a domain has no two dots in a row.
    """
    return _shortened(domain.ascii.translate(_TO_CONFIGURATION_SET), "--", domain)


def iam_user_name(domain: DomainName) -> str:
    """Return the IAM user's name: the domain itself; `=`, which no domain contains, marks a shortened one."""
    return _shortened(domain.ascii, "=", domain)


def sender_user_name(domain: DomainName, name: str) -> str:
    """Return the name of a sender's IAM user, `example.com+shop`; `+`, too, is in no domain."""
    suffix = f"+{name}"
    return _shortened(domain.ascii, "=", domain, LONGEST - len(suffix)) + suffix


def _shortened(name: str, mark: str, domain: DomainName, longest: int = LONGEST) -> str:
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(domain.ascii.encode("ascii")).hexdigest()[:DIGEST]
    return name[: longest - len(mark) - DIGEST] + mark + digest
