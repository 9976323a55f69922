"""The commands that only look: list, show, status, dns records, version."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]


def test_the_domains_of_a_home_are_listed(cli: Cli, provisioned: SmtpCredential) -> None:
    cli("new-domain", "example.org", "--customer", "Ada", "--zone", "external")
    assert cli("list").out.splitlines()[1:] == [
        "example.com  us-east-1  created   -         -",
        "example.org  us-east-1  external  Ada       -",
    ]
    domains = cli("list", "--json").document["domains"]
    assert [(d["domain"], d["zone"], d["customer"]) for d in domains] == [
        ("example.com", "created", None),
        ("example.org", "external", "Ada"),
    ]


def test_an_empty_home_lists_nothing(cli: Cli, home: Path) -> None:
    assert cli("list", "--json").document == {"domains": []}
    assert cli("list").out == "DOMAIN  REGION  ZONE  CUSTOMER  CONTACT\n"
    assert not home.exists()


@pytest.mark.parametrize(
    "command",
    [("show",), ("status",), ("dns", "records"), ("dns", "zonefile")],
    ids=" ".join,
)
def test_a_domain_that_this_home_does_not_know_is_bad_input(cli: Cli, home: Path, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "unknown_domain")
    assert "new-domain example.com" in outcome.error["hint"]
    assert not home.exists()


def test_show_tells_what_should_be_and_where_the_credential_is(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("show", "example.com")
    assert "mail from:            bounce.example.com\n" in outcome.out
    assert "file:credentials/example.com/smtp.json" in outcome.out
    assert provisioned.password.reveal() not in outcome.out


def test_the_status_of_several_domains_is_a_table_and_a_document(cli: Cli, provisioned: SmtpCredential) -> None:
    cli("new-domain", "example.org")
    assert [line.split()[0] for line in cli("status", "example.org", "example.com").out.splitlines()] == [
        "DOMAIN",
        "example.org",
        "example.com",
    ]
    outcome = cli("status", "example.com", "--json")
    assert outcome.code == 0
    assert outcome.document["domains"][0]["identity"]["dkim_status"] == "PENDING"


def test_a_status_that_does_not_settle_in_time_is_exit_3(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("status", "example.com", "--wait", "1m").code == 3


def test_the_records_are_a_table_a_document_and_a_zone_file(cli: Cli, provisioned: SmtpCredential) -> None:
    table = cli("dns", "records", "example.com").out.splitlines()
    records = cli("dns", "records", "example.com", "--json").document["records"]
    zonefile = cli("dns", "zonefile", "example.com").out
    assert len(table) - 1 == len(records) == 7
    assert all(value.split()[-1] in zonefile for record in records for value in record["values"])
    assert cli("dns", "zonefile", "example.com", "--json").document["zonefile"] == zonefile


def test_the_versions_are_told(cli: Cli, in_memory: World) -> None:
    assert cli("version", "--json").document["terraform"] == "1.11.4"
    assert "mirror:         -\n" in cli("version").out


def test_a_status_that_waiting_does_not_mend_says_what_does(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.aws.switches_signing_off("example.com")
    out = cli("status", "example.com").out
    assert "PENDING, NOT SIGNING" in out
    assert out.endswith("`provisioner new-domain example.com` switches it on again\n")
