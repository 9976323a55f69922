"""IAM behind `ports.credentials.UserAccess`: what a user holds beside its keys, and when keys were used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.adapters.aws.session import AwsSession, answered_by_another, in_our_words, unless_absent
from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.holdings import Holding
from provisioner.errors import ProvisionerError

_NONE_OF_IT = ("NoSuchEntity", "NotSupportedService")  # the latter where a partition has no such credentials
_NEVER = "N/A"


@dataclass(frozen=True, slots=True)
class _Listing:
    """An operation that lists one kind: in AWS's spelling, and where the answer has the entries and their names.

    Not `everywhere`: other implementations of IAM, which some put in AWS's place, know none and have none of these.
    """

    action: str
    method: str
    entries: str
    name: str = ""
    everywhere: bool = True


_LISTINGS: Mapping[Holding, _Listing] = {
    Holding.INLINE_POLICY: _Listing("iam:ListUserPolicies", "list_user_policies", "PolicyNames"),
    Holding.ATTACHED_POLICY: _Listing(
        "iam:ListAttachedUserPolicies", "list_attached_user_policies", "AttachedPolicies", "PolicyArn"
    ),
    Holding.GROUP: _Listing("iam:ListGroupsForUser", "list_groups_for_user", "Groups", "GroupName"),
    Holding.MFA_DEVICE: _Listing("iam:ListMFADevices", "list_mfa_devices", "MFADevices", "SerialNumber"),
    Holding.SSH_KEY: _Listing("iam:ListSSHPublicKeys", "list_ssh_public_keys", "SSHPublicKeys", "SSHPublicKeyId"),
    Holding.SERVICE_CREDENTIAL: _Listing(
        "iam:ListServiceSpecificCredentials",
        "list_service_specific_credentials",
        "ServiceSpecificCredentials",
        "ServiceSpecificCredentialId",
        everywhere=False,
    ),
    Holding.CERTIFICATE: _Listing(
        "iam:ListSigningCertificates", "list_signing_certificates", "Certificates", "CertificateId"
    ),
}


class IamUserAccess:
    """IAM; see `ports.credentials.UserAccess`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def held(self, user: str, holding: Holding) -> Sequence[str]:
        """Return the names of what the user holds of this kind; none when there is no such user."""
        if holding is Holding.PASSWORD:
            return [""] if self._has_password(user) else []
        listing = _LISTINGS[holding]
        try:
            entries = self._entries(user, listing)
        except ProvisionerError as error:
            if listing.everywhere or not answered_by_another(error):
                raise
            return []
        return [str(entry.get(listing.name, "")) if listing.name else str(entry) for entry in entries]

    def owner(self, key_id: str) -> str | None:
        """Return the name of the IAM user whose access key this is, None when the account knows no such key."""
        client = self._session.client("iam")
        with in_our_words("iam:GetAccessKeyLastUsed"):
            answer = unless_absent(lambda: client.get_access_key_last_used(AccessKeyId=key_id), "NoSuchEntity")
        return None if answer is None else answer.get("UserName")

    def last_use(self, key_id: str) -> LastUse | None:
        """Return the last use of an access key, None when IAM says that it was never used.

        Source: IAM API reference, AccessKeyLastUsed: without a use there is no date, and the service is `N/A`.
        """
        client = self._session.client("iam")
        with in_our_words("iam:GetAccessKeyLastUsed"):
            answer = unless_absent(lambda: client.get_access_key_last_used(AccessKeyId=key_id), "NoSuchEntity")
        if answer is None:  # the key is gone by now
            return None
        used = answer.get("AccessKeyLastUsed") or {}
        if used.get("LastUsedDate"):
            return LastUse(used["LastUsedDate"], used.get("ServiceName") or _NEVER, used.get("Region") or _NEVER)
        if used.get("ServiceName") == _NEVER:
            return None
        message = f"iam:GetAccessKeyLastUsed: IAM does not say when access key {key_id} was last used"
        raise ProvisionerError("use_unknown", message)

    def _has_password(self, user: str) -> bool:
        client = self._session.client("iam")
        with in_our_words("iam:GetLoginProfile"):
            return unless_absent(lambda: client.get_login_profile(UserName=user), *_NONE_OF_IT) is not None

    def _entries(self, user: str, listing: _Listing) -> Sequence[Any]:
        """Return the entries of every page; not all of these operations have a paginator in boto3."""
        call = getattr(self._session.client("iam"), listing.method)
        found: list[Any] = []
        where: dict[str, str] = {}
        while True:
            with in_our_words(listing.action):
                page = unless_absent(lambda: call(UserName=user, **where), *_NONE_OF_IT) or {}  # noqa: B023 - at once
            found += page.get(listing.entries) or ()
            if not (page.get("IsTruncated") and page.get("Marker")):
                return found
            where = {"Marker": page["Marker"]}
