from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError
from provisioner.usecases.credentials.send_test import send_test
from provisioner.usecases.credentials.stored import stored_credentials
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.home import list_domains, recall
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.status import status_of

EXAMPLE = DomainName.parse("example.com")
OTHER = DomainName.parse("other.org")


@pytest.fixture
def provisioned(world: World) -> World:
    for domain in (OTHER, EXAMPLE):
        new_domain(world.edges, domain, Asked(region=Region.parse("eu-west-1")))
    return world


def test_domains_are_listed_by_name(provisioned: World) -> None:
    documents = [known.to_document() for known in list_domains(provisioned.edges)]
    assert [d["domain"] for d in documents] == ["example.com", "other.org"]
    assert documents[0]["region"] == "eu-west-1"
    assert documents[0]["zone"] == "created"


def test_details_name_the_credential_but_never_its_password(provisioned: World) -> None:
    details = recall(provisioned.edges, EXAMPLE).details(provisioned.store)
    assert details["credential"] == "file:credentials/example.com/smtp.json"
    assert provisioned.store.kept["example.com"].password.reveal() not in str(details)


def test_an_unknown_domain_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="knows nothing"):
        status_of(world.edges, EXAMPLE, None)


def test_status_asks_the_region_of_the_domain(provisioned: World) -> None:
    status = status_of(provisioned.edges, EXAMPLE, None)
    assert not status.settled
    assert "identity example.com eu-west-1" in provisioned.aws.asked
    assert provisioned.clock.seconds == 0


def test_status_waits_until_verified(provisioned: World) -> None:
    pending = identity("example.com")
    provisioned.aws.will_answer(pending, pending, identity("example.com", "SUCCESS"))
    status = status_of(provisioned.edges, EXAMPLE, timedelta(minutes=5))
    assert status.settled
    assert 0 < provisioned.clock.seconds < 10
    assert [s for s in provisioned.progress.steps if "DKIM SUCCESS" in s]


def test_the_records_hold_the_dkim_names_that_ses_gave(provisioned: World) -> None:
    names = [record.name for record in records_of(provisioned.edges, EXAMPLE).records]
    assert f"{'a' * 32}._domainkey.example.com" in names
    assert len(names) == 7


def test_records_without_an_identity_lack_dkim_and_say_so(provisioned: World) -> None:
    provisioned.aws.identities.clear()
    assert len(records_of(provisioned.edges, EXAMPLE).records) == 4
    assert any("DKIM records are not known" in warning for warning in provisioned.progress.warnings)


def test_a_test_message_goes_out_with_the_stored_credential(provisioned: World) -> None:
    trial = send_test(provisioned.edges, EXAMPLE, EmailAddress.parse("me@example.net"))
    assert trial.reply == "Ok 0100"
    key = provisioned.store.kept["example.com"].user_name
    assert provisioned.mailer.sent == [(key, "test@example.com", "me@example.net")]


def test_a_test_message_without_a_credential_says_what_to_do(world: World) -> None:
    with pytest.raises(ProvisionerError, match="no SMTP credential is stored") as caught:
        send_test(world.edges, EXAMPLE, EmailAddress.parse("me@example.net"))
    assert "new-domain example.com" in caught.value.hint


def test_all_credentials_of_the_home_are_given_when_no_domain_is_named(provisioned: World) -> None:
    assert [c.domain for c in stored_credentials(provisioned.edges, [])] == [EXAMPLE, OTHER]


def test_a_domain_of_which_nothing_was_decided_is_listed_and_says_what_to_do(provisioned: World) -> None:
    space = provisioned.workspaces.spaces["example.com"]
    assert space.kept is not None
    space.kept = replace(space.kept, decisions=None)  # written by hand: a run remembers only what it decided
    assert list_domains(provisioned.edges)[0].to_document()["zone"] is None
    with pytest.raises(ProvisionerError) as caught:
        recall(provisioned.edges, EXAMPLE).spec()
    assert (caught.value.code, "new-domain example.com" in caught.value.hint) == ("undecided", True)


def test_status_says_what_waiting_does_not_mend(provisioned: World) -> None:
    provisioned.aws.gives_up("example.com", "HOST_NOT_FOUND").switches_signing_off("example.com")
    status = status_of(provisioned.edges, EXAMPLE, timedelta(hours=1))
    assert provisioned.clock.seconds == 0
    signing, dkim, mail_from = status.to_document()["next_steps"]
    assert "DKIM signing is switched off" in signing
    assert "its last look: the names do not exist in public DNS" in dkim
    for given_up in (dkim, mail_from):
        assert "`provisioner new-domain example.com` has SES look again" in given_up
