"""Other identities at a domain: by what SES says of each, whatever they are."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.aws import identity

from provisioner.core.checks import neighbours
from provisioner.core.checks.catalogue import Area, Check, diagnose
from provisioner.core.checks.observed import Observed
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.neighbours import Neighbour, Neighbours, names_at
from provisioner.core.values.domain import DomainName

LIKE_IT = replace(
    identity("example.com", "SUCCESS"), configuration_set="example-com", mail_from_domain="bounce.example.com"
)
UNSIGNED = replace(LIKE_IT, signing_enabled=False, dkim_status="NOT_STARTED")
BY_CHECK = [Check("neighbours", Area.IDENTITY, frozenset(), neighbours.check)]


@pytest.mark.parametrize(
    ("name", "status", "found"),
    [
        ("info@example.com", LIKE_IT, []),
        ("info@example.com", UNSIGNED, ["identity.address_overrides error"]),
        ("info@example.com", replace(LIKE_IT, configuration_set=None), ["identity.address_overrides warning"]),
        ("info@example.com", replace(LIKE_IT, mail_from_domain=None), ["identity.address_overrides warning"]),
        ("info@example.com", replace(UNSIGNED, verified=False), ["identity.address_overrides info"]),
        ("news.example.com", LIKE_IT, []),
        ("news.example.com", replace(LIKE_IT, configuration_set=None), []),
        ("news.example.com", UNSIGNED, ["identity.subdomain_overrides warning"]),
        ("news.example.com", replace(UNSIGNED, verified=False), ["identity.subdomain_overrides info"]),
    ],
    ids=[
        "an address with all of the domain's", "unsigned", "without the set", "without MAIL FROM", "not verified",
        "a name below that signs", "with a set of its own", "that does not sign", "that does not, and is not verified",
    ],
)  # fmt: skip  # a table
def test_an_identity_that_is_worse_than_the_domains_is_named(
    observed: Callable[..., Observed], name: str, status: IdentityStatus, found: list[str]
) -> None:
    said = diagnose(observed(neighbours=Neighbours((Neighbour(name, status),))), BY_CHECK)
    assert [f"{one.id} {one.severity}" for one in said] == found


def test_those_that_nobody_looked_into_are_told_beside_the_others(observed: Callable[..., Observed]) -> None:
    seen, unseen = (Neighbour("info@example.com", UNSIGNED),), (("a@example.com", "ses:GetEmailIdentity: no"),)
    override, not_run = diagnose(observed(neighbours=Neighbours(seen, unseen)), BY_CHECK)
    assert (override.id, not_run.id) == ("identity.address_overrides", "check.not_run")
    assert "a@example.com: ses:GetEmailIdentity: no" in not_run.message


def test_only_names_at_the_domain_and_below_it_bear_on_it() -> None:
    listed = [
        "example.com", "Example.com", "info@example.com", "Info@EXAMPLE.com", "a@news.example.com", "news.example.com",
        "notexample.com", "info@notexample.com", "example.com.evil.net", "example.com@evil.net",
    ]  # fmt: skip  # a list of words
    assert names_at(DomainName.parse("example.com"), listed) == (
        "Info@EXAMPLE.com",
        "a@news.example.com",
        "info@example.com",
        "news.example.com",
    )
