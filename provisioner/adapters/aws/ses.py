"""SES v2 behind `ports.aws.Identities`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.event_destinations import event_destinations
from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with, tags_of, unless_absent
from provisioner.core.account.ses import SesAccount
from provisioner.core.mail_domain.configuration_set import EventDestination
from provisioner.core.mail_domain.identity import EASY_DKIM, OWN_KEY, IdentityStatus, LastLook, SigningKey
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
        self.ses_account = cache(self._ses_account)

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        """Return what SES says of the domain identity, None when it does not exist."""
        client = self._client(region)
        with in_our_words("ses:GetEmailIdentity"):
            answer = unless_absent(lambda: client.get_email_identity(EmailIdentity=domain.ascii), _ABSENT)
        return None if answer is None else identity_status(answer, self._arn(domain, region))

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        """Return the tags of a configuration set, None when it does not exist."""
        client = self._client(region)
        with in_our_words("ses:GetConfigurationSet"):
            answer = unless_absent(lambda: client.get_configuration_set(ConfigurationSetName=name), _ABSENT)
        return None if answer is None else tags_of(answer.get("Tags", ()))

    def event_destinations(self, configuration_set: str, region: Region) -> Sequence[EventDestination]:
        """Return where the set publishes events; none when it does not exist."""
        return event_destinations(self._client(region), configuration_set) or ()

    def tag(self, domain: DomainName, region: Region, tags: Mapping[str, str]) -> None:
        """Add tags to the domain identity, or change their values."""
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        with in_our_words("ses:TagResource"):
            self._client(region).tag_resource(ResourceArn=self._arn(domain, region), Tags=listed)

    def untag(self, domain: DomainName, region: Region, keys: Sequence[str]) -> None:
        """Take tags off the domain identity; those that it does not have do not matter."""
        with in_our_words("ses:UntagResource"):
            self._client(region).untag_resource(ResourceArn=self._arn(domain, region), TagKeys=list(keys))

    def sending_enabled(self, configuration_set: str, region: Region) -> bool | None:
        """Say whether the configuration set lets mail out, None when it does not exist."""
        client = self._client(region)
        with in_our_words("ses:GetConfigurationSet"):
            answer = unless_absent(
                lambda: client.get_configuration_set(ConfigurationSetName=configuration_set), _ABSENT
            )
        return None if answer is None else bool(answer.get("SendingOptions", {}).get("SendingEnabled", True))

    def let_send(self, configuration_set: str, region: Region, *, enabled: bool) -> None:
        """Let the configuration set send, or pause it."""
        client = self._client(region)
        with in_our_words("ses:PutConfigurationSetSendingOptions"):
            done = unless_absent(
                lambda: client.put_configuration_set_sending_options(
                    ConfigurationSetName=configuration_set, SendingEnabled=enabled
                ),
                _ABSENT,
            )
        if done is None:
            message = f"configuration set {configuration_set} does not exist in {region}"
            raise ProvisionerError("no_configuration_set", message, "`provisioner new-domain` with the domain makes it")

    def _ses_account(self, region: Region) -> SesAccount:
        """Ask for the account; one that refuses to say, or an endpoint that does not know the question, is `unseen`."""
        client = self._client(region)
        try:
            with in_our_words("ses:GetAccount"):
                return _ses_account(client.get_account(), region)
        except ProvisionerError as error:
            if not refused_with(error):  # AWS did not answer at all
                raise
            return SesAccount(region, unseen=error.message)

    def _client(self, region: Region) -> Any:
        return self._session.client("sesv2", region.name)

    def forget_account(self) -> None:
        """Have the account asked for again."""
        self.ses_account.cache_clear()

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


def identity_status(answer: Mapping[str, Any], arn: str) -> IdentityStatus:
    """Read the answer of `GetEmailIdentity`."""
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
        look=_last_look(answer.get("VerificationInfo", {})),
        key=_signing_key(dkim, own=origin == OWN_KEY),
        refuses_without_mx=mail_from.get("BehaviorOnMxFailure") == "REJECT_MESSAGE",
        forwards_feedback=answer.get("FeedbackForwardingStatus"),
        policies=answer.get("Policies", {}),
    )


def _last_look(answer: Mapping[str, Any]) -> LastLook:
    soa = answer.get("SOARecord", {})
    return LastLook(
        answer.get("LastCheckedTimestamp"),
        answer.get("LastSuccessTimestamp"),
        soa.get("PrimaryNameServer"),
        soa.get("SerialNumber"),
    )


def _signing_key(dkim: Mapping[str, Any], *, own: bool) -> SigningKey:
    return SigningKey(
        dkim.get("CurrentSigningKeyLength"),
        dkim.get("NextSigningKeyLength"),
        dkim.get("LastKeyGenerationTimestamp"),
        next(iter(dkim.get("Tokens", ())), None) if own else None,
    )


def _ses_account(answer: Mapping[str, Any], region: Region) -> SesAccount:
    quota, review = answer.get("SendQuota", {}), answer.get("Details", {}).get("ReviewDetails", {})
    suppression = answer.get("SuppressionAttributes")
    return SesAccount(
        region,
        production=answer.get("ProductionAccessEnabled"),
        sending_enabled=answer.get("SendingEnabled"),
        enforcement=answer.get("EnforcementStatus"),
        most_a_day=quota.get("Max24HourSend"),
        most_a_second=quota.get("MaxSendRate"),
        sent_last_day=quota.get("SentLast24Hours"),
        review=review.get("Status"),
        review_case=review.get("CaseId"),
        suppressed_reasons=None if suppression is None else tuple(suppression.get("SuppressedReasons", ())),
    )
