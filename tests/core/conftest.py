"""What the tests of the core share: one ordinary domain, and Hypothesis strategies for its values."""

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

settings.register_profile("core", deadline=None)  # a loaded machine must not fail a property
settings.load_profile("core")

LDH = string.ascii_lowercase + string.digits + "-"


def _labels() -> st.SearchStrategy[str]:
    return st.text(LDH, min_size=1, max_size=63).filter(
        lambda label: label[0] != "-" and label[-1] != "-" and label[:4] != "xn--"
    )


def _domains() -> st.SearchStrategy[DomainName]:
    names = st.builds(
        lambda labels, top: ".".join([*labels, top]), st.lists(_labels(), min_size=1, max_size=6), _tops()
    )
    return names.filter(lambda name: len(name) <= 253).map(DomainName)


def _tops() -> st.SearchStrategy[str]:
    return st.sampled_from(["example", "test", "example.co.uk", "xn--mnchen-3ya.de"])  # no public suffix can result


st.register_type_strategy(DomainName, _domains())


@pytest.fixture
def domain() -> DomainName:
    return DomainName.parse("example.com")


@pytest.fixture
def spec() -> Callable[..., MailDomain]:
    """Build the spec of a domain from options, as text."""

    def build(name: str = "example.com", *, inherited: bool = False, **options: str | None) -> MailDomain:
        decisions = Decisions(ResolvedZone(ResolvedMode.CREATED, name, None), dmarc_inherited=inherited)
        return spec_of(DomainName.parse(name), Request.parse("us-east-1", **options), decisions, None)

    return build


@pytest.fixture
def credential() -> SmtpCredential:
    secret = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    domain = DomainName.parse("example.com")
    return SmtpCredential.derived(SmtpUser(domain), Region.parse("us-east-1"), "AKIAIOSFODNN7EXAMPLE", secret)


@pytest.fixture
def shown_plan() -> Callable[..., dict[str, Any]]:
    """Build a document of `terraform show -json` from resource changes."""

    def build(*changes: dict[str, Any]) -> dict[str, Any]:
        return {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(changes)}

    return build
