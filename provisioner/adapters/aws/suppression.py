"""SES v2's suppression list behind `ports.account.SuppressionList`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, unless_absent
from provisioner.core.account.suppression import Reason, Suppressed
from provisioner.core.values.region import Region

_PAGE = 1000
_ABSENT = "NotFoundException"


class SesSuppressionList:
    """See `ports.account.SuppressionList`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def listed(self, region: Region, reason: Reason | None, since: datetime | None) -> Iterator[Suppressed]:
        """Go through the list, page by page."""
        asked: dict[str, Any] = {"PageSize": _PAGE}
        asked |= {"Reasons": [reason.value]} if reason else {}
        asked |= {"StartDate": since} if since else {}
        while True:
            with in_our_words("ses:ListSuppressedDestinations"):
                page = self._client(region).list_suppressed_destinations(**asked)
            yield from map(_entry, page["SuppressedDestinationSummaries"])
            if not page.get("NextToken"):
                return
            asked["NextToken"] = page["NextToken"]

    def entry(self, address: str, region: Region) -> Suppressed | None:
        """Return the entry of exactly this address, None when there is none."""
        client = self._client(region)
        with in_our_words("ses:GetSuppressedDestination"):
            answer = unless_absent(lambda: client.get_suppressed_destination(EmailAddress=address), _ABSENT)
        return None if answer is None else _entry(answer["SuppressedDestination"])

    def put(self, address: str, reason: Reason, region: Region) -> None:
        """Put an address on the list, or give it another reason."""
        with in_our_words("ses:PutSuppressedDestination"):
            self._client(region).put_suppressed_destination(EmailAddress=address, Reason=reason.value)

    def delete(self, address: str, region: Region) -> None:
        """Take exactly this address off the list; one that is not there any more does not matter."""
        client = self._client(region)
        with in_our_words("ses:DeleteSuppressedDestination"):
            unless_absent(lambda: client.delete_suppressed_destination(EmailAddress=address), _ABSENT)

    def _client(self, region: Region) -> Any:
        return self._session.client("sesv2", region.name)


def _entry(answer: Mapping[str, Any]) -> Suppressed:
    return Suppressed(answer["EmailAddress"], Reason(answer["Reason"]), answer["LastUpdateTime"].astimezone(UTC))
