"""SES v2 behind `ports.facts.SendingSettings`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.event_destinations import event_destinations
from provisioner.adapters.aws.ses import identity_status
from provisioner.adapters.aws.session import AwsSession, in_our_words, tags_of, unless_absent
from provisioner.core.mail_domain.configuration_set import ConfigurationSet, EventDestination
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region

_ABSENT = "NotFoundException"
_PAGE = 1000


class SesSendingSettings:
    """See `ports.facts.SendingSettings`; the account is asked for its number, which is part of an identity's ARN."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self._account = AwsAccount(session)

    def configuration_set(self, name: str, region: Region) -> ConfigurationSet | None:
        """Return the set, None when it does not exist."""
        client = self._client(region)
        with in_our_words("ses:GetConfigurationSet"):
            answer = unless_absent(lambda: client.get_configuration_set(ConfigurationSetName=name), _ABSENT)
        return None if answer is None else _configuration_set(name, answer)

    def destinations(self, configuration_set: str, region: Region) -> Sequence[EventDestination] | None:
        """Return where the set publishes events, None when it does not exist."""
        return event_destinations(self._client(region), configuration_set)

    def identities(self, region: Region) -> Sequence[str]:
        """Return the names of all identities, domains and addresses."""
        client, names = self._client(region), list[str]()
        asked: dict[str, Any] = {"PageSize": _PAGE}
        with in_our_words("ses:ListEmailIdentities"):
            while True:
                answer = client.list_email_identities(**asked)
                names += [one["IdentityName"] for one in answer["EmailIdentities"] if one.get("IdentityName")]
                if not answer.get("NextToken"):
                    return names
                asked["NextToken"] = answer["NextToken"]

    def identity(self, name: str, region: Region) -> IdentityStatus | None:
        """Return what SES says of a domain or an address, None when it does not exist."""
        client = self._client(region)
        with in_our_words("ses:GetEmailIdentity"):
            answer = unless_absent(lambda: client.get_email_identity(EmailIdentity=name), _ABSENT)
        if answer is None:
            return None
        account = self._account.caller().account
        return identity_status(answer, f"arn:{region.partition}:ses:{region.name}:{account}:identity/{name}")

    def notified_topics(self, domain: DomainName, region: Region) -> Sequence[str]:
        """Return the topics that are told of the identity's bounces and complaints, which only the older API knows."""
        with in_our_words("ses:GetIdentityNotificationAttributes"):
            answer = self._session.client("ses", region.name).get_identity_notification_attributes(
                Identities=[domain.ascii]
            )
        attributes = answer["NotificationAttributes"].get(domain.ascii, {})
        named = (attributes.get(kind) for kind in ("BounceTopic", "ComplaintTopic"))
        return tuple(dict.fromkeys(topic for topic in named if topic))

    def _client(self, region: Region) -> Any:
        return self._session.client("sesv2", region.name)


def _configuration_set(name: str, answer: Mapping[str, Any]) -> ConfigurationSet:
    suppression = answer.get("SuppressionOptions", {})
    reasons = suppression.get("SuppressedReasons")  # an empty list says that nothing suppresses, none says nothing
    return ConfigurationSet(
        name,
        sending_enabled=answer.get("SendingOptions", {}).get("SendingEnabled", True),
        reputation_metrics=answer.get("ReputationOptions", {}).get("ReputationMetricsEnabled", False),
        tls=answer.get("DeliveryOptions", {}).get("TlsPolicy"),
        suppresses=None if reasons is None else tuple(reasons),
        redirects=answer.get("TrackingOptions", {}).get("CustomRedirectDomain"),
        tags=tags_of(answer.get("Tags", ())),
    )
