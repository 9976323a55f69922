"""Mail that the domain's own policy has refused: only where nothing is left by which it could pass."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from fakes.aws import TOKENS, identity
from fakes.internet import FakeInternet, settled

from provisioner.core.checks import own_mail
from provisioner.core.checks.observed import Observed
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import IdentityStatus

WELL = identity("example.com", "SUCCESS")
NO_MAIL_FROM = replace(WELL, mail_from_domain=None, mail_from_status=None)
LOST_MX = replace(WELL, mail_from_status="TEMPORARY_FAILURE")
UNSIGNED = replace(NO_MAIL_FROM, signing_enabled=False)
ALL_GONE = (Finding("dkim.all_absent", Severity.ERROR, "DKIM of example.com", ""),)
EACH = tuple(Finding("record.absent", Severity.ERROR, f"CNAME {token}._domainkey.example.com", "") for token in TOKENS)
NO_SPF = Finding("record.absent", Severity.ERROR, "TXT bounce.example.com", "")


@pytest.mark.parametrize(
    ("policy", "status", "found", "refused"),
    [
        ("reject", LOST_MX, ALL_GONE, True),
        ("quarantine", LOST_MX, ALL_GONE, True),
        ("none", LOST_MX, ALL_GONE, False),
        (None, LOST_MX, ALL_GONE, False),
        ("reject", LOST_MX, EACH, True),
        ("reject", LOST_MX, EACH[:2], False),
        ("reject", WELL, ALL_GONE, False),
        ("reject", WELL, (*ALL_GONE, NO_SPF), True),
        ("reject", UNSIGNED, (), True),
        ("reject", NO_MAIL_FROM, (), False),
        ("reject", WELL, (), False),
    ],
    ids=[
        "neither DKIM nor MAIL FROM", "into spam", "no policy to speak of", "no DMARC", "each record is wrong",
        "one of three is right", "MAIL FROM is left", "MAIL FROM without SPF", "signing is off", "DKIM is left", "well",
    ],
)  # fmt: skip  # a table
def test_all_mail_is_refused_where_neither_can_pass(
    observed: Callable[..., Observed],
    policy: str | None,
    status: IdentityStatus,
    found: tuple[Finding, ...],
    refused: bool,
) -> None:
    records: Mapping[tuple[str, str], list[str]] = (
        {("_dmarc.example.com", "TXT"): [f"v=DMARC1; p={policy}"]} if policy else {}
    )
    internet = FakeInternet().zone("example.com", records)
    said = settled(internet, lambda dns: list(own_mail.draw(observed(identity=status, dns=dns), found)))
    assert [one.id for one in said] == ["dmarc.rejects_own_mail"] * refused
