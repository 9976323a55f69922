"""What an IAM user may hold beside its access keys: what decides what it may do, and what must go before it can go."""

from enum import StrEnum


class Holding(StrEnum):
    """One kind of thing that an IAM user may hold; IAM deletes no user that still holds one.

    Source: IAM API reference, DeleteUser.
    """

    INLINE_POLICY = "inline policy"
    ATTACHED_POLICY = "attached policy"
    GROUP = "group"
    PASSWORD = "console password"  # noqa: S105 - the name of a thing
    MFA_DEVICE = "MFA device"
    SSH_KEY = "SSH public key"
    SERVICE_CREDENTIAL = "service-specific credential"
    CERTIFICATE = "signing certificate"


DECIDING = (Holding.INLINE_POLICY, Holding.ATTACHED_POLICY, Holding.GROUP, Holding.PASSWORD)  # what it may do, and who

_REMOVAL = {
    Holding.INLINE_POLICY: ("delete-user-policy", "--policy-name"),
    Holding.ATTACHED_POLICY: ("detach-user-policy", "--policy-arn"),
    Holding.GROUP: ("remove-user-from-group", "--group-name"),
    Holding.PASSWORD: ("delete-login-profile", ""),
    Holding.MFA_DEVICE: ("deactivate-mfa-device", "--serial-number"),
    Holding.SSH_KEY: ("delete-ssh-public-key", "--ssh-public-key-id"),
    Holding.SERVICE_CREDENTIAL: ("delete-service-specific-credential", "--service-specific-credential-id"),
    Holding.CERTIFICATE: ("delete-signing-certificate", "--certificate-id"),
}


def described(holding: Holding, name: str) -> str:
    """Return what a message calls it: `the group admins`, or `a console password`, which has no name."""
    return f"the {holding} {name}" if name else f"a {holding}"


def removal(user: str, holding: Holding, name: str) -> str:
    """Return the command of the AWS CLI that takes it away from the user."""
    verb, option = _REMOVAL[holding]
    return f"aws iam {verb} --user-name {user}" + (f" {option} {name}" if option else "")
