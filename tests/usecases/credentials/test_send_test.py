"""`send-test` waits for a new key, and looks up why a message was refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import DECIDING, Holding
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError
from provisioner.usecases.credentials.send_test import send_test
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.pause import pause

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"), senders=SenderChange.parse(["shop=orders"], []))
ME = EmailAddress.parse("me@example.net")
LOGIN = (535, "Authentication Credentials Invalid")
DENIED = (554, "Access denied: User `arn:u' is not authorized to perform `ses:SendRawEmail' on resource `arn:i'")
PAUSED = (554, "Sending paused for configuration set example-com.")
ACCOUNT_PAUSED = (554, "Sending paused for this account. For more information, please check the inbox")
QUOTA = (454, "Throttling failure: Daily message quota exceeded")


def unverified(*addresses: str) -> tuple[int, str]:
    failed = f"The following identities failed the check in region US-EAST-1: {', '.join(addresses)}"
    return 554, f"Message rejected: Email address is not verified. {failed}"


@pytest.fixture
def provisioned(world: World) -> World:
    new_domain(world.edges, EXAMPLE, ASKED)
    ours = world.aws.identities["example.com"].tags
    world.aws.identities["example.com"] = replace(identity("example.com", "SUCCESS"), tags=ours)
    return world


def with_key(world: World, *, active: bool = True, age: timedelta | None = None) -> str:
    """Let the domain's own key be as it is told, and return its id."""
    key_id = world.store.kept["example.com"].user_name
    created = None if age is None else world.clock.now() - age
    world.aws.access_keys["example.com"] = [AccessKey(key_id, active, created)]
    return key_id


def hint(world: World, sender: str | None = None) -> str:
    with pytest.raises(ProvisionerError) as caught:
        send_test(world.edges, EXAMPLE, ME, sender)
    assert caught.value.exit_code == 1
    assert "answered" in caught.value.message
    return caught.value.hint


@pytest.mark.parametrize("reply", [LOGIN, DENIED], ids=["535", "554"])
def test_a_key_that_ses_does_not_know_yet_is_waited_for(provisioned: World, reply: tuple[int, str]) -> None:
    with_key(provisioned, age=timedelta(seconds=3))
    provisioned.mailer.refuses(*reply, times=3)
    assert send_test(provisioned.edges, EXAMPLE, ME).reply == "Ok 0100"
    assert provisioned.clock.seconds == 14


def test_a_new_key_is_waited_for_a_minute_and_no_longer(provisioned: World) -> None:
    with_key(provisioned, age=timedelta(seconds=3))
    provisioned.mailer.refuses(*LOGIN, times=99)
    assert "repeat this in a few minutes" in hint(provisioned)
    assert provisioned.clock.seconds == 60


@pytest.mark.parametrize(
    "key",
    [{}, {"age": timedelta(hours=1)}, {"active": False, "age": timedelta(seconds=3)}],
    ids=["unknown", "old", "off"],
)
def test_a_key_that_is_not_new_is_not_waited_for(provisioned: World, key: dict[str, object]) -> None:
    with_key(provisioned, **key)  # type: ignore[arg-type]  # the names are its options
    provisioned.mailer.refuses(*LOGIN)
    hint(provisioned)
    assert (provisioned.mailer.tries, provisioned.clock.seconds) == (1, 0)


@pytest.mark.parametrize("reply", [unverified("me@example.net"), PAUSED, ACCOUNT_PAUSED, QUOTA], ids=str)
def test_what_waiting_does_not_help_is_not_waited_for(provisioned: World, reply: tuple[int, str]) -> None:
    with_key(provisioned, age=timedelta(seconds=3))
    provisioned.mailer.refuses(*reply)
    hint(provisioned)
    assert provisioned.mailer.tries == 1


def test_a_sender_that_is_paused_is_not_waited_for(provisioned: World) -> None:
    pause(provisioned.edges, SmtpUser(EXAMPLE, "shop"), ASKED, "spam")
    key = provisioned.aws.access_keys["example.com+shop"][0]
    provisioned.aws.access_keys["example.com+shop"] = [replace(key, created=provisioned.clock.now())]
    provisioned.mailer.refuses(*DENIED)
    assert hint(provisioned, "shop").startswith("sender shop is paused since 1970-01-01 00:00 UTC (spam)")
    assert provisioned.mailer.tries == 1


def inactive(world: World) -> None:
    with_key(world, active=False)


def denied_by_a_group(world: World) -> None:
    deny = {"Statement": {"Effect": "Deny", "Action": "ses:*", "Resource": "*"}}
    world.aws.has_given("example.com", Holding.GROUP, "no-mail", deny)


def policies_unseen(world: World) -> None:
    for kind in DECIDING:
        world.aws.does_not_allow(kind)


def gone(world: World) -> None:
    world.aws.access_keys["example.com"] = []


def another(world: World) -> None:
    world.aws.access_keys["example.com"] = [AccessKey("AKIAOTHER", active=True)]


def as_it_should_be(world: World) -> None:
    with_key(world, age=timedelta(days=1))


def paused(world: World) -> None:
    world.aws.paused_sets.add("example-com")


def in_the_ses_sandbox(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, production=False)


def shut_down(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, enforcement="SHUTDOWN")


def used_up(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, sent_last_day=50_000.0)


def not_verified(world: World) -> None:
    world.aws.identities["example.com"] = identity("example.com", "FAILED")


def without_identity(world: World) -> None:
    world.aws.identities.clear()


def unseen(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, unseen="ses:GetAccount: AccessDenied")


@pytest.mark.parametrize(
    ("state", "reply", "words"),
    [
        (inactive, LOGIN, "is switched off: `aws iam update-access-key --user-name example.com --access-key-id"),
        (gone, LOGIN, "`provisioner new-domain example.com` makes a new one"),
        (another, LOGIN, "which has AKIAOTHER: restore the credential store"),
        (as_it_should_be, LOGIN, "the stored password is not its own"),
        (as_it_should_be, (535, "Account not subscribed to SES"), "open SES once in the console"),
        (as_it_should_be, DENIED, "`provisioner drift example.com` shows what was changed"),
        (denied_by_a_group, DENIED, "aws iam remove-user-from-group --user-name example.com --group-name no-mail"),
        (policies_unseen, DENIED, "`provisioner drift example.com` shows what was changed"),
        (paused, PAUSED, "`provisioner resume example.com`"),
        (paused, (554, "Transaction failed: in words that nobody knows"), "`provisioner resume example.com`"),
        (shut_down, ACCOUNT_PAUSED, "SES has stopped all mail of this account"),
        (as_it_should_be, ACCOUNT_PAUSED, "see the inbox of the account's own address"),
        (in_the_ses_sandbox, unverified("me@example.net"), "ask for production access"),
        (unseen, unverified("me@example.net"), "allow ses:GetAccount to see it"),
        (as_it_should_be, unverified("me@example.net"), "verify me@example.net in SES"),
        (not_verified, unverified("test@example.com"), "SES has not verified example.com (DKIM FAILED)"),
        (without_identity, unverified("test@example.com"), "does not know example.com: `provisioner new-domain"),
        (used_up, QUOTA, "the day's quota of this account in us-east-1 is used up"),
        (as_it_should_be, (454, "Throttling failure: Maximum sending rate exceeded"), "try again later"),
        (as_it_should_be, (451, "Temporary service failure"), "try again later"),
        (as_it_should_be, (554, "Transaction failed: Duplicate header"), "change what the reply names"),
    ],
)
def test_each_refusal_is_told_with_what_to_do_about_its_own_cause(
    provisioned: World, state: Callable[[World], None], reply: tuple[int, str], words: str
) -> None:
    state(provisioned)
    provisioned.mailer.refuses(*reply)
    assert words in hint(provisioned)


def test_whoever_may_not_look_is_told_what_could_not_be_looked_up(
    provisioned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ProvisionerError("access_denied", "iam:ListAccessKeys: AccessDenied")

    monkeypatch.setattr(provisioned.aws, "keys", refuse)
    provisioned.mailer.refuses(*LOGIN)
    assert "its cause could not be looked up: iam:ListAccessKeys: AccessDenied" in hint(provisioned)


def test_a_message_may_have_another_from_address_of_the_domain_and_another_subject(provisioned: World) -> None:
    own = EmailAddress.parse("Info@EXAMPLE.com")
    trial = send_test(provisioned.edges, EXAMPLE, ME, sent_from=own, subject="Is it there?")
    assert trial.to_document() == {
        "domain": "example.com",
        "sender": None,
        "from": "Info@example.com",
        "to": "me@example.net",
        "subject": "Is it there?",
        "reply": "Ok 0100",
        "message_id": "0100",
    }
    assert provisioned.mailer.sent[-1][1:] == ("Info@example.com", "me@example.net")


@pytest.mark.parametrize(
    ("sender", "sent_from"),
    [
        (None, "info@example.org"),
        (None, "info@news.example.com"),
        ("shop", "info@example.com"),
        ("shop", "Orders@example.com"),
    ],
)
def test_a_from_address_that_ses_would_refuse_is_refused_before_anything_is_sent(
    provisioned: World, sender: str | None, sent_from: str
) -> None:
    with pytest.raises(InputError) as caught:
        send_test(provisioned.edges, EXAMPLE, ME, sender, sent_from=EmailAddress.parse(sent_from))
    assert caught.value.code == "from_not_allowed"
    assert "SES would refuse it" in caught.value.message
    assert "example.com" in caught.value.hint
    assert provisioned.mailer.tries == 0


def test_a_sender_may_name_its_own_address(provisioned: World) -> None:
    trial = send_test(provisioned.edges, EXAMPLE, ME, "shop", sent_from=EmailAddress.parse("orders@example.com"))
    assert trial.sent_from == "orders@example.com"


@pytest.mark.parametrize(
    "code",
    [
        "smtp_unreachable",
        "smtp_timeout",
        "smtp_no_starttls",
        "smtp_certificate",
        "smtp_certificate_early",
        "smtp_certificate_expired",
    ],
)
def test_an_endpoint_that_nobody_reaches_is_told_with_what_tries_the_other_ways_in(
    provisioned: World, code: str
) -> None:
    provisioned.mailer.fails(code)
    with pytest.raises(ProvisionerError) as caught:
        send_test(provisioned.edges, EXAMPLE, ME, "shop")
    assert caught.value.code == code
    assert "mend it" in caught.value.hint
    assert "`provisioner credentials verify example.com --sender shop`" in caught.value.hint


@pytest.mark.parametrize("reply", [(421, "Too many concurrent SMTP connections"), (454, "Temporary service failure")])
def test_a_busy_server_is_to_be_tried_again_later(provisioned: World, reply: tuple[int, str]) -> None:
    provisioned.mailer.refuses(*reply)
    assert hint(provisioned) == "it is refused for now: try again later"


def test_a_stored_text_that_is_no_password_is_said_without_a_try(provisioned: World) -> None:
    key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    provisioned.store.kept["example.com"] = replace(provisioned.store.kept["example.com"], password=key)
    with pytest.raises(ProvisionerError) as caught:
        send_test(provisioned.edges, EXAMPLE, ME)
    assert caught.value.code == "unusable_credential"
    assert "secret access key" in caught.value.message
    assert key.reveal() not in f"{caught.value.message} {caught.value.hint}"
    assert provisioned.mailer.tries == 0


def test_a_clock_that_is_wrong_is_named_where_aws_refuses_the_looks(
    provisioned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ProvisionerError("clock_skew", "iam:ListAccessKeys: Signature expired", "set this machine's clock")

    monkeypatch.setattr(provisioned.aws, "keys", refuse)
    provisioned.mailer.refuses(*LOGIN)
    assert "set this machine's clock" in hint(provisioned)


def test_a_key_that_ses_has_seen_already_is_not_waited_for(provisioned: World) -> None:
    key = with_key(provisioned, age=timedelta(seconds=3))
    provisioned.aws.was_used(key, provisioned.clock.now())
    provisioned.mailer.refuses(*LOGIN)
    assert "the stored password is not its own" in hint(provisioned)
    assert (provisioned.mailer.tries, provisioned.clock.seconds) == (1, 0)
