"""The configuration set of a domain: what stands below what, and what is nobody's business."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.aws import identity
from fakes.internet import FakeInternet, settled

from provisioner.core.account.ses import SesAccount
from provisioner.core.checks import configuration_set
from provisioner.core.checks.catalogue import Area, Check, diagnose
from provisioner.core.checks.observed import Observed
from provisioner.core.mail_domain.configuration_set import ConfigurationSet
from provisioner.core.mail_domain.standing import tag_key, tag_value
from provisioner.core.standing import Grade, Standing
from provisioner.core.values.region import Region

Build = Callable[..., Observed]
OURS = ConfigurationSet("example-com", reputation_metrics=True, tls="OPTIONAL", suppresses=("BOUNCE", "COMPLAINT"))
USED = replace(identity("example.com", "SUCCESS"), configuration_set="example-com")
CHECKS = [Check("the set", Area.SENDING, frozenset(), configuration_set.check)]
LINKS = [Check("links", Area.SENDING, frozenset(), configuration_set.links)]


def said(observed: Build, **changes: Any) -> list[str]:
    found = diagnose(observed(identity=USED, configuration_set=replace(OURS, **changes)), CHECKS)
    return [f"{one.id} {one.severity}" for one in found]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"suppresses": None}, []),
        ({"suppresses": ("COMPLAINT", "BOUNCE")}, []),
        ({"suppresses": ()}, ["set.suppression_off error"]),
        ({"suppresses": ("BOUNCE",)}, ["set.suppression_partly warning"]),
        ({"reputation_metrics": False}, ["set.no_reputation warning"]),
        ({"tls": "REQUIRE"}, ["drift.tls_policy info"]),
        ({"tls": None}, []),
        ({"sending_enabled": False}, ["set.paused error"]),
        ({"redirects": "click.example.com"}, []),
    ],
    ids=[
        "as we make it", "the account's suppression", "in another order", "overridden with nothing", "bounces only",
        "no rates", "TLS is wanted of all", "SES does not say", "paused", "links of one's own",
    ],
)  # fmt: skip  # a table
def test_each_setting_is_judged_by_what_it_does_to_mail(
    observed: Build, changes: dict[str, Any], found: list[str]
) -> None:
    assert said(observed, **changes) == found


def test_a_pause_is_told_with_since_when_and_why_and_no_repair_ends_it(observed: Build) -> None:
    paused = Standing(Grade.PAUSED, datetime(2026, 11, 27, tzinfo=UTC), "too many bounces")
    tagged = replace(USED, tags={tag_key(None): tag_value(paused)})
    off = replace(OURS, sending_enabled=False)
    (finding,) = diagnose(observed(identity=tagged, configuration_set=off), CHECKS)
    assert "too many bounces" in finding.message
    assert (finding.command, finding.repairable) == (("resume", "example.com"), False)


def test_a_set_that_is_gone_is_one_finding_with_what_follows_below_it(observed: Build) -> None:
    gone, other = diagnose(observed(identity=identity("example.com"), configuration_set=None), CHECKS)
    assert (gone.id, gone.repairable, other.id, other.caused_by) == (
        "set.missing",
        True,
        "set.not_default",
        "set.missing",
    )
    (named,) = diagnose(observed(identity=USED, configuration_set=None), CHECKS)
    assert "SES refuses its mail" in named.message


@pytest.mark.parametrize(
    ("account", "of_set", "found"),
    [
        (("BOUNCE", "COMPLAINT"), None, []),
        ((), None, ["account.suppression_off warning"]),
        (("BOUNCE",), None, ["account.suppression_partly warning"]),
        (None, None, []),
        ((), ("BOUNCE", "COMPLAINT"), []),
        ((), (), []),
    ],
    ids=[
        "the account's count",
        "nothing",
        "bounces only",
        "SES does not say",
        "the set's count",
        "the set's own fault",
    ],
)
def test_the_account_suppresses_where_the_set_does_not_say(
    observed: Build, account: tuple[str, ...] | None, of_set: tuple[str, ...] | None, found: list[str]
) -> None:
    facts = {
        "account": SesAccount(Region("us-east-1"), suppressed_reasons=account),
        "configuration_set": replace(OURS, suppresses=of_set),
    }
    said = diagnose(observed(**facts), [Check("it", Area.SENDING, frozenset(), configuration_set.of_account)])
    assert [f"{one.id} {one.severity}" for one in said] == found


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ({("click.example.com", "CNAME"): ["r.us-east-1.awstrack.me"]}, []),
        ({("click.example.com", "CNAME"): ["d111.cloudfront.net"]}, []),
        ({("click.example.com", "AAAA"): ["2001:db8::1"]}, []),
        ({("click.example.com", "CNAME"): ["r.eu-west-1.awstrack.me"]}, ["set.tracking_broken error"]),
        ({("click.example.com", "TXT"): ["x"]}, ["set.tracking_broken error"]),
        ({}, ["set.tracking_broken error"]),
    ],
    ids=["SES's", "a proxy for HTTPS", "an address", "another region's", "without an address", "nothing"],
)
def test_links_in_the_mail_lead_somewhere(
    observed: Build, records: dict[tuple[str, str], list[str]], found: list[str]
) -> None:
    internet, tracked = FakeInternet().zone("example.com", records), replace(OURS, redirects="click.example.com")
    looked = settled(internet, lambda dns: diagnose(observed(configuration_set=tracked, dns=dns), LINKS))
    assert [f"{one.id} {one.severity}" for one in looked] == found


def test_links_that_nobody_could_look_at_are_not_said_to_be_dead(observed: Build) -> None:
    internet = FakeInternet().zone("example.com").silent("ns1.host.net", "ns2.host.net", "ns3.host.net", "ns4.host.net")
    tracked = replace(OURS, redirects="click.example.com")
    internet.resolver_silent()
    looked = settled(internet, lambda dns: diagnose(observed(configuration_set=tracked, dns=dns), LINKS))
    assert [one.id for one in looked] == ["check.not_run"]
