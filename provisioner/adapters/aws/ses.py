"""SES v2 behind `ports.aws.Identities`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.session import AwsSession, in_our_words, tags_of, unless_absent
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region

_ABSENT = "NotFoundException"


class SesIdentities:
    """SES v2; see `ports.aws.Identities`. The account is asked for its number, which is part of an identity's ARN."""

    def __init__(self, session: AwsSession, account: AwsAccount) -> None:
        self._session = session
        self._account = account

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        """Return what SES says of the domain identity, None when it does not exist."""
        client = self._session.client("sesv2", region.name)
        with in_our_words("ses:GetEmailIdentity"):
            answer = unless_absent(lambda: client.get_email_identity(EmailIdentity=domain.ascii), _ABSENT)
        return None if answer is None else _status(answer, self._arn(domain, region))

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        """Return the tags of a configuration set, None when it does not exist."""
        client = self._session.client("sesv2", region.name)
        with in_our_words("ses:GetConfigurationSet"):
            answer = unless_absent(lambda: client.get_configuration_set(ConfigurationSetName=name), _ABSENT)
        return None if answer is None else tags_of(answer.get("Tags", ()))

    def _arn(self, domain: DomainName, region: Region) -> str:
        account = self._account.caller().account
        return f"arn:{region.partition}:ses:{region.name}:{account}:identity/{domain.ascii}"


def _status(answer: Mapping[str, Any], arn: str) -> IdentityStatus:
    dkim = answer.get("DkimAttributes", {})
    mail_from = answer.get("MailFromAttributes", {})
    return IdentityStatus(
        arn=arn,
        verified=bool(answer.get("VerifiedForSendingStatus")),
        verification_status=answer.get("VerificationStatus", "NOT_STARTED"),
        dkim_status=dkim.get("Status", "NOT_STARTED"),
        dkim_tokens=tuple(dkim.get("Tokens", ())),
        signing_hosted_zone=dkim.get("SigningHostedZone"),
        mail_from_domain=mail_from.get("MailFromDomain"),
        mail_from_status=mail_from.get("MailFromDomainStatus"),
        configuration_set=answer.get("ConfigurationSetName"),
        tags=tags_of(answer.get("Tags", ())),
    )
