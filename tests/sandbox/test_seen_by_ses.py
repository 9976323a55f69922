"""What SES makes of domain names that are shown to be wrong: it looks for itself, with a resolver of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aws_clients import Aws
from knobs import Knobs

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

D, SUFFIX = "example.com", "dkim.amazonses.com"


@dataclass
class Site:
    """example.com, verified, in a sandbox."""

    aws: Aws
    knobs: Knobs
    zone: str
    tokens: list[str]

    def state(self, domain: str = D) -> tuple[str, str | None]:
        """Return how SES says it stands, and why."""
        found = self.aws.client("sesv2").get_email_identity(EmailIdentity=domain)
        return found["VerificationStatus"], found["VerificationInfo"].get("ErrorType")


@pytest.fixture(scope="module")
def whole() -> Iterator[Site]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as sandbox:
        aws = Aws(sandbox.addresses.aws)
        zone = aws.zone(D)
        aws.client("sesv2").create_email_identity(EmailIdentity=D)
        yield Site(aws, Knobs(aws.url), zone, aws.publish_dkim(zone, D))


@pytest.fixture
def site(whole: Site) -> Iterator[Site]:
    whole.knobs.clear()
    assert whole.state() == ("SUCCESS", None)
    yield whole
    whole.knobs.clear()


def test_servers_that_all_refuse_are_a_server_error(site: Site) -> None:
    site.knobs.server("refused", D)
    assert site.state() == ("TEMPORARY_FAILURE", "DNS_SERVER_ERROR")


@pytest.mark.parametrize("fault", ["refused", "silent", "no-aa"])
def test_one_wrong_server_of_four_is_overlooked(site: Site, fault: str) -> None:
    site.knobs.server(fault, D, "1")
    assert site.state() == ("SUCCESS", None)


def test_a_broken_chain_of_trust_is_a_server_error(site: Site) -> None:
    site.knobs.bogus(D)
    assert site.state() == ("TEMPORARY_FAILURE", "DNS_SERVER_ERROR")


def test_a_delegation_to_others_hides_the_records(site: Site) -> None:
    site.knobs.delegated(D, "ns1.parking.example")
    assert site.state() == ("TEMPORARY_FAILURE", "DNS_SERVER_ERROR")
    site.knobs.delegated(D)
    assert site.state() == ("TEMPORARY_FAILURE", "HOST_NOT_FOUND")


def test_a_record_that_is_wrong_everywhere_is_seen_and_one_in_somebodys_cache_is_not(site: Site) -> None:
    name = f"{site.tokens[0]}._domainkey.{D}"
    site.knobs.records(D, name, "CNAME", server="resolver")
    assert site.state() == ("SUCCESS", None)
    site.knobs.records(D, name, "CNAME", "old.dkim.amazonses.com.")
    assert site.state() == ("TEMPORARY_FAILURE", "INVALID_VALUE")


def test_a_zone_at_another_host_verifies_an_identity(site: Site) -> None:
    made = site.aws.client("sesv2").create_email_identity(EmailIdentity="hosted.example")
    tokens = made["DkimAttributes"]["Tokens"]
    site.knobs.external("hosted.example", "".join(f"{t}._domainkey CNAME {t}.{SUFFIX}.\n" for t in tokens))
    assert site.state("hosted.example") == ("SUCCESS", None)
    site.knobs.clear("hosted.example")
    assert site.state("hosted.example") == ("TEMPORARY_FAILURE", "HOST_NOT_FOUND")


def test_an_own_key_is_found_in_whatever_strings_it_comes(site: Site) -> None:
    ses, text = site.aws.client("sesv2"), '"v=DKIM1; " "p=MIIBIjANBgkqhkiG"'
    ses.create_email_identity(
        EmailIdentity="own.example",
        DkimSigningAttributes={"DomainSigningSelector": "sel", "DomainSigningPrivateKey": "bm9uZQ=="},
    )
    site.knobs.external("own.example", f"sel._domainkey TXT {text}\n")
    assert site.state("own.example") == ("SUCCESS", None)
    site.knobs.external("own.example", 'sel._domainkey TXT "v=DKIM1; p="\n')
    assert site.state("own.example") == ("TEMPORARY_FAILURE", "INVALID_VALUE")
