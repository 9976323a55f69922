"""SES v2 behind `ports.aws.Identities`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with, tags_of, unless_absent
from provisioner.core.mail_domain.identity import EASY_DKIM, OWN_KEY, IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

_ABSENT = "NotFoundException"
_REFUSED = "BadRequestException"


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

    def sign(self, domain: DomainName, region: Region) -> None:
        """Switch DKIM signing on."""
        client = self._session.client("sesv2", region.name)
        with in_our_words("ses:PutEmailIdentityDkimAttributes"):
            client.put_email_identity_dkim_attributes(EmailIdentity=domain.ascii, SigningEnabled=True)

    def look_for_dkim(self, domain: DomainName, region: Region) -> None:
        """Have SES look for the records of Easy DKIM again; the tokens may be others then.

        AWS says that it must be set up again and not by which call. SES may refuse to set what is set already; then the
        older API, whose one call is both the first set-up and its repetition, is asked.
        """
        client = self._session.client("sesv2", region.name)
        try:
            with in_our_words("ses:PutEmailIdentityDkimSigningAttributes"):
                client.put_email_identity_dkim_signing_attributes(
                    EmailIdentity=domain.ascii, SigningAttributesOrigin="AWS_SES"
                )
        except ProvisionerError as error:
            if refused_with(error) != _REFUSED:
                raise
            with in_our_words("ses:VerifyDomainDkim"):
                self._session.client("ses", region.name).verify_domain_dkim(Domain=domain.ascii)

    def look_for_mail_from(self, domain: DomainName, region: Region) -> None:
        """Have SES look for the records of the MAIL FROM domain again: what is set is set once more.

        Source: SES developer guide, "Using a custom MAIL FROM domain", the states of the set-up process.
        """
        client = self._session.client("sesv2", region.name)
        with in_our_words("ses:GetEmailIdentity"):
            shown = client.get_email_identity(EmailIdentity=domain.ascii).get("MailFromAttributes", {})
        if not shown.get("MailFromDomain"):
            return
        with in_our_words("ses:PutEmailIdentityMailFromAttributes"):
            client.put_email_identity_mail_from_attributes(
                EmailIdentity=domain.ascii,
                MailFromDomain=shown["MailFromDomain"],
                BehaviorOnMxFailure=shown.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE"),
            )

    def _arn(self, domain: DomainName, region: Region) -> str:
        account = self._account.caller().account
        return f"arn:{region.partition}:ses:{region.name}:{account}:identity/{domain.ascii}"


def _status(answer: Mapping[str, Any], arn: str) -> IdentityStatus:
    dkim = answer.get("DkimAttributes", {})
    origin = dkim.get("SigningAttributesOrigin") or EASY_DKIM
    mail_from = answer.get("MailFromAttributes", {})
    return IdentityStatus(
        arn=arn,
        verified=bool(answer.get("VerifiedForSendingStatus")),
        verification_status=answer.get("VerificationStatus", "NOT_STARTED"),
        dkim_status=dkim.get("Status", "NOT_STARTED"),
        dkim_tokens=() if origin == OWN_KEY else tuple(dkim.get("Tokens", ())),  # then it is the key's selector
        signing_hosted_zone=dkim.get("SigningHostedZone"),
        mail_from_domain=mail_from.get("MailFromDomain"),
        mail_from_status=mail_from.get("MailFromDomainStatus"),
        configuration_set=answer.get("ConfigurationSetName"),
        tags=tags_of(answer.get("Tags", ())),
        signing_enabled=dkim.get("SigningEnabled", True),
        fault=answer.get("VerificationInfo", {}).get("ErrorType"),
        signing_origin=origin,
    )
