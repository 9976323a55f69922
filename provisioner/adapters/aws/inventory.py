"""How many the account has of what a batch makes, and how many it may have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from provisioner.adapters.aws.session import in_our_words
from provisioner.core.account.stock import Kind, Stock
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

# Route 53 "Quotas", SES "Service quotas", IAM "IAM and AWS STS quotas": what holds unless AWS granted more.
DEFAULTS: Mapping[Kind, int] = {
    Kind.ZONES: 500,
    Kind.USERS: 5000,
    Kind.IDENTITIES: 10_000,
    Kind.CONFIGURATION_SETS: 10_000,
}
_PAGE = 1000
_ZONE_LIMIT = "MAX_HOSTED_ZONES_BY_OWNER"

OpenClient = Callable[[str, str | None], Any]


class AwsInventory:
    """See `ports.batch.Inventory`. `open_client(service, region)` returns a boto3 client.

    What may not be looked at (its permissions are wider than those of `new-domain`), or is not offered, is unknown and
    no failure. boto3 makes clients safely in one thread only, so all that a batch needs are made here, before it.
    """

    def __init__(self, open_client: OpenClient) -> None:
        self._open = open_client

    def stocks(self, regions: Collection[Region]) -> Sequence[Stock]:
        """Return the stocks of the account and of each region."""
        stocks = [_zones(self._open("route53", None)), _users(self._open("iam", None))]
        for region in sorted(regions):
            client = self._open("sesv2", region.name)
            stocks += [_identities(client, region.name), _configuration_sets(client, region.name)]
        return stocks


def _zones(client: Any) -> Stock:
    zones = _ask("route53:ListHostedZones", lambda: _all(client.list_hosted_zones, "HostedZones", MaxItems="100"))
    limit = _ask("route53:GetAccountLimit", lambda: client.get_account_limit(Type=_ZONE_LIMIT)["Limit"]["Value"])
    if zones is None:
        return _stock(Kind.ZONES, limit)
    public = (zone["Name"].rstrip(".").lower() for zone in zones if not zone["Config"]["PrivateZone"])
    return _stock(Kind.ZONES, limit, len(zones), frozenset(public))


def _users(client: Any) -> Stock:
    limit = _ask("iam:GetAccountSummary", lambda: client.get_account_summary()["SummaryMap"].get("UsersQuota"))
    pages = client.get_paginator("list_users")
    users = _ask("iam:ListUsers", lambda: [user for page in pages.paginate() for user in page["Users"]])
    if users is None:
        return _stock(Kind.USERS, limit)
    return _stock(Kind.USERS, limit, len(users), frozenset(user["UserName"].lower() for user in users))


def _identities(client: Any, region: str) -> Stock:
    listed = _ask(
        "ses:ListEmailIdentities", lambda: _all(client.list_email_identities, "EmailIdentities", PageSize=_PAGE)
    )
    names = None if listed is None else frozenset(item["IdentityName"] for item in listed if "IdentityName" in item)
    return _stock(Kind.IDENTITIES, None, None if names is None else len(names), names, region)


def _configuration_sets(client: Any, region: str) -> Stock:
    listed = _ask(
        "ses:ListConfigurationSets", lambda: _all(client.list_configuration_sets, "ConfigurationSets", PageSize=_PAGE)
    )
    names = None if listed is None else frozenset(listed)
    return _stock(Kind.CONFIGURATION_SETS, None, None if names is None else len(names), names, region)


def _stock(
    kind: Kind,
    limit: int | None,
    used: int | None = None,
    names: frozenset[str] | None = None,
    region: str | None = None,
) -> Stock:
    return Stock(kind, limit or DEFAULTS[kind], limit is None, used, names, region)


def _all(call: Callable[..., Mapping[str, Any]], member: str, **options: Any) -> list[Any]:
    """Return all pages: Route 53 goes on with a marker, SES with a token."""
    entries: list[Any] = []
    while True:
        page = call(**options)
        entries += page[member]
        if page.get("IsTruncated"):
            options["Marker"] = page["NextMarker"]
        elif page.get("NextToken"):
            options["NextToken"] = page["NextToken"]
        else:
            return entries


def _ask(action: str, call: Callable[[], Any]) -> Any:
    """Return the answer, None when AWS gives none: access denied, an operation that is not there, or half an answer."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to load
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - botocore is slow to load

    with in_our_words(action):
        try:
            return call()
        except (ClientError, ResponseParserError, ProvisionerError):
            return None
