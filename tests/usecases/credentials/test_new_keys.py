"""A credential is proved by a login, and a new key is waited for."""

from datetime import timedelta

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.usecases.credentials.new_keys import log_in
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
INVALID = (535, "Authentication Credentials Invalid")


@pytest.fixture
def credential(world: World) -> SmtpCredential:
    new_domain(world.edges, EXAMPLE, Asked(default_region=Region.parse("us-east-1")))
    return world.store.kept["example.com"]


def with_age(world: World, credential: SmtpCredential, age: timedelta) -> None:
    key = AccessKey(credential.user_name, active=True, created=world.clock.now() - age)
    world.aws.access_keys["example.com"] = [key]


def test_a_login_that_is_accepted_proves_it_at_its_own_endpoint(world: World, credential: SmtpCredential) -> None:
    log_in(world.edges, credential)
    [(endpoint, user_name, password)] = world.mailer.logins
    assert (endpoint.host, endpoint.port) == (credential.host, credential.port)
    assert (user_name, password) == (credential.user_name, credential.password)


def test_a_new_key_is_waited_for_and_an_old_one_is_not(world: World, credential: SmtpCredential) -> None:
    with_age(world, credential, timedelta(seconds=1))
    world.mailer.refuses_login(*INVALID, times=2)
    log_in(world.edges, credential)
    assert world.clock.seconds == 6
    with_age(world, credential, timedelta(days=1))
    world.mailer.refuses_login(*INVALID)
    with pytest.raises(SmtpRefusal):
        log_in(world.edges, credential)
    assert world.clock.seconds == 6


def test_who_may_not_look_does_not_wait_and_an_endpoint_that_nobody_reaches_is_said(
    world: World, credential: SmtpCredential
) -> None:
    world.aws.does_not_allow("keys")
    world.mailer.refuses_login(*INVALID)
    with pytest.raises(SmtpRefusal):
        log_in(world.edges, credential)
    world.mailer.fails("smtp_timeout")
    with pytest.raises(ProvisionerError, match="in a fake way"):
        log_in(world.edges, credential)
    assert world.clock.seconds == 0
