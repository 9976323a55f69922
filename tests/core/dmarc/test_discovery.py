from collections.abc import Mapping

import pytest

from provisioner.core.dmarc.discovery import Applicable, Step, discover
from provisioner.core.dmarc.protocol import tree_walk
from provisioner.core.dmarc.record import only_record
from provisioner.core.values.domain import DomainName


def walked(domain: str, records: Mapping[str, str]) -> Applicable:
    texts = {name: (records[name],) if name in records else () for name in tree_walk(domain)}
    return discover(DomainName(domain), [Step(name, found, only_record(found)) for name, found in texts.items()])


@pytest.mark.parametrize(
    ("domain", "records", "found"),
    [
        ("a.mail.example.com", {"_dmarc.mail.example.com": "", "_dmarc.example.com": ""}, "_dmarc.example.com"),
        (
            "a.mail.example.com",
            {"_dmarc.mail.example.com": "psd=n", "_dmarc.example.com": ""},
            "_dmarc.mail.example.com",
        ),
        ("a.mail.example.com", {"_dmarc.com": "psd=y"}, "_dmarc.com"),
        ("a.mail.example.com", {"_dmarc.com": "psd=y", "_dmarc.example.com": ""}, "_dmarc.example.com"),
        ("mail.example.com", {"_dmarc.example.com": "psd=y", "_dmarc.mail.example.com": ""}, "_dmarc.mail.example.com"),
        ("mail.example.com", {}, None),
        ("example.com", {"_dmarc.example.com": "", "_dmarc.com": "psd=y"}, "_dmarc.example.com"),
    ],
)
def test_the_record_that_applies_is_the_one_of_rfc_9989(
    domain: str, records: dict[str, str], found: str | None
) -> None:
    applicable = walked(domain, {name: f"v=DMARC1; p=none; {tags}" for name, tags in records.items()})
    assert (applicable.found.name if applicable.found else None) == found


def test_a_record_of_its_own_is_not_inherited() -> None:
    applicable = walked("blog.example.com", {"_dmarc.blog.example.com": "v=DMARC1; p=none; sp=reject"})
    assert not applicable.is_inherited
    assert applicable.policy == "none"


def test_an_inherited_record_applies_by_its_subdomain_policy() -> None:
    applicable = walked("blog.example.com", {"_dmarc.example.com": "v=DMARC1; p=none; sp=reject"})
    assert applicable.is_inherited
    assert applicable.policy == "reject"


def test_the_test_mode_lowers_what_applies_by_one() -> None:
    assert walked("example.com", {"_dmarc.example.com": "v=DMARC1; p=reject; t=y"}).policy == "quarantine"
    assert walked("example.com", {"_dmarc.example.com": "v=DMARC1; p=quarantine; t=y"}).policy == "none"


def test_without_a_record_no_policy_applies() -> None:
    assert walked("example.com", {}).policy is None
