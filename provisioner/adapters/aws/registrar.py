"""Route 53 Domains, behind `ports.aws.Registrar`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.core.values.domain import DomainName

_REGION = "us-east-1"  # the only one: docs.aws.amazon.com/general/latest/gr/r53.html, "Route 53 Domains"


class Route53Registrar:
    """The domains that are registered in this account."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def name_servers(self, domain: DomainName) -> Sequence[str] | None:
        """Return the name servers that the registry has, None when the domain is not registered in this account.

        The list is asked, because for a domain that is elsewhere GetDomainDetail only says that its input is invalid.
        """
        if not self._is_here(domain):
            return None
        return tuple(server["Name"].rstrip(".").lower() for server in self._detail(domain).get("Nameservers", ()))

    def is_signed(self, domain: DomainName) -> bool:
        """Say whether the registry has keys of a domain that is registered in this account."""
        return bool(self._detail(domain).get("DnssecKeys"))

    def set_name_servers(self, domain: DomainName, servers: Sequence[str]) -> str:
        """Ask for other name servers and return the id of the operation."""
        with in_our_words("route53domains:UpdateDomainNameservers"):
            answer = self._client().update_domain_nameservers(
                DomainName=domain.ascii, Nameservers=[{"Name": server} for server in servers]
            )
        return str(answer.get("OperationId", ""))

    def _detail(self, domain: DomainName) -> Mapping[str, Any]:
        with in_our_words("route53domains:GetDomainDetail"):
            detail: Mapping[str, Any] = self._client().get_domain_detail(DomainName=domain.ascii)
        return detail

    def _is_here(self, domain: DomainName) -> bool:
        only = {"Name": "DomainName", "Operator": "BEGINS_WITH", "Values": [domain.ascii]}
        with in_our_words("route53domains:ListDomains"):
            pages = self._client().get_paginator("list_domains").paginate(FilterConditions=[only])
            return any(_name(listed) == domain.ascii for page in pages for listed in page["Domains"])

    def _client(self) -> Any:
        return self._session.client("route53domains", _REGION)


def _name(listed: Mapping[str, str]) -> str:
    return listed.get("DomainName", "").lower()
