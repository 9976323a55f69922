"""What SES v2 is told and asked of the account and its configuration sets; see `ports.account.Sending`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with, unless_absent
from provisioner.core.account.production import ProductionRequest
from provisioner.core.account.publishing import Destination, Publishing
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError, Refused

_ABSENT = "NotFoundException"
_CONFLICT = "ConflictException"


class SesSending:
    """SES v2; see `ports.account.Sending`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def publishing(self, configuration_set: str, region: Region) -> Publishing | None:
        """Return what is published of a configuration set, None when it does not exist."""
        client, named = self._client(region), {"ConfigurationSetName": configuration_set}
        with in_our_words("ses:GetConfigurationSet"):
            shown = unless_absent(lambda: client.get_configuration_set(**named), _ABSENT)
        if shown is None:
            return None
        with in_our_words("ses:GetConfigurationSetEventDestinations"):
            answer = client.get_configuration_set_event_destinations(**named)
        listed = [one for one in answer["EventDestinations"] if one.get("CloudWatchDestination")]
        rates = bool(shown.get("ReputationOptions", {}).get("ReputationMetricsEnabled"))
        return Publishing(configuration_set, rates, [_destination(one) for one in listed])

    def suppress_by(self, region: Region, reasons: Sequence[str]) -> None:
        """Let exactly these reasons put addresses on the list; how addresses are validated is handed in as it is."""
        client = self._client(region)
        with in_our_words("ses:GetAccount"):
            shown = client.get_account().get("SuppressionAttributes", {})
        kept = {"ValidationAttributes": shown["ValidationAttributes"]} if shown.get("ValidationAttributes") else {}
        with in_our_words("ses:PutAccountSuppressionAttributes"):
            client.put_account_suppression_attributes(SuppressedReasons=list(reasons), **kept)

    def request_production(self, region: Region, request: ProductionRequest) -> None:
        """Ask for production access; raises `Refused("review_open")` when AWS has a request already."""
        contacts = [str(contact) for contact in request.contacts]
        try:
            with in_our_words("ses:PutAccountDetails"):
                self._client(region).put_account_details(
                    MailType="TRANSACTIONAL",
                    WebsiteURL=request.website,
                    ContactLanguage="EN",
                    UseCaseDescription=request.use_case,
                    **({"AdditionalContactEmailAddresses": contacts} if contacts else {}),
                    ProductionAccessEnabled=True,
                )
        except ProvisionerError as error:
            if refused_with(error) != _CONFLICT:
                raise
            message = f"AWS has a request for production access in {region} already, open or decided: {error.message}"
            raise Refused("review_open", message, "`provisioner account status` shows how it stands") from error

    def _client(self, region: Region) -> Any:
        return self._session.client("sesv2", region.name)


def _destination(answer: Mapping[str, Any]) -> Destination:
    dimensions = answer["CloudWatchDestination"].get("DimensionConfigurations", ())
    names = frozenset(one["DimensionName"] for one in dimensions if "DimensionName" in one)
    return Destination(answer.get("Name", ""), bool(answer.get("Enabled")), names)
