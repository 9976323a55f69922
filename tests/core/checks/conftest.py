"""What the tests of checks share: what was gathered of a domain."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.dns_patient import Patient, patient_of

from provisioner.core.checks.observed import Observed
from provisioner.core.mail_domain.spec import MailDomain


@pytest.fixture
def observed(spec: Callable[..., MailDomain]) -> Callable[..., Observed]:
    """Build what was gathered of example.com; a fact that is not given was not looked at."""

    def build(**facts: Any) -> Observed:
        return Observed(spec(), datetime(2026, 11, 28, tzinfo=UTC), **facts)

    return build


@pytest.fixture
def patient(spec: Callable[..., MailDomain], observed: Callable[..., Observed]) -> Patient:
    """A domain as it shall be in DNS."""
    return patient_of(spec(dmarc_rua="dmarc@example.com"), observed())
