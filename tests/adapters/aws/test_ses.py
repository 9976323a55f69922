"""Identities: the emulated ones, and stubbed answers for what the emulation cannot say."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.ses import SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.account.ses import SesAccount
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.repairs import repairs_of
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
VIRGINIA = Region.parse("us-east-1")
Stub = Callable[..., Stubber]


def test_an_identity_that_does_not_exist_is_none(emulated: AwsSession) -> None:
    assert SesIdentities(emulated, AwsAccount(emulated)).status(EXAMPLE, VIRGINIA) is None


def test_an_identity_is_described_as_ses_has_it(emulated: AwsSession) -> None:
    ses = emulated.client("sesv2", "us-east-1")
    ses.create_configuration_set(ConfigurationSetName="example-com")
    ses.create_email_identity(
        EmailIdentity="example.com",
        ConfigurationSetName="example-com",
        Tags=[{"Key": "Domain", "Value": "example.com"}],
    )
    ses.put_email_identity_mail_from_attributes(EmailIdentity="example.com", MailFromDomain="bounce.example.com")
    status = SesIdentities(emulated, AwsAccount(emulated)).status(EXAMPLE, VIRGINIA)
    assert status is not None
    assert status.arn == "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    assert (status.verified, status.dkim_status, status.mail_from_status) == (False, "PENDING", "PENDING")
    assert status.mail_from_domain == "bounce.example.com"
    assert status.signing_hosted_zone == "dkim.amazonses.com"
    assert len(status.dkim_tokens) == 3
    assert (status.configuration_set, status.tags) == ("example-com", {"Domain": "example.com"})


def test_an_identity_is_looked_for_in_its_own_region_only(emulated: AwsSession) -> None:
    emulated.client("sesv2", "us-east-1").create_email_identity(EmailIdentity="example.com")
    assert SesIdentities(emulated, AwsAccount(emulated)).status(EXAMPLE, Region.parse("eu-west-1")) is None


def test_an_identity_without_dkim_and_mail_from_is_described_all_the_same(session: AwsSession, stub: Stub) -> None:
    stub("sts", None, 3).add_response("get_caller_identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/a"})
    stub("sesv2", "us-east-1").add_response("get_email_identity", {"IdentityType": "DOMAIN"})
    status = SesIdentities(session, AwsAccount(session)).status(EXAMPLE, VIRGINIA)
    assert status is not None
    assert (status.verified, status.dkim_status, status.dkim_tokens) == (False, "NOT_STARTED", ())
    assert (status.mail_from_domain, status.mail_from_status, status.signing_hosted_zone) == (None, None, None)


def test_an_identity_that_may_not_be_read_is_no_absent_one(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_client_error("get_email_identity", "AccessDeniedException", "not authorized")
    with pytest.raises(ProvisionerError, match="ses:GetEmailIdentity") as caught:
        SesIdentities(session, AwsAccount(session)).status(EXAMPLE, VIRGINIA)
    assert caught.value.code == "access_denied"


def test_a_configuration_set_is_paused_and_let_send_again(emulated: AwsSession) -> None:
    identities = SesIdentities(emulated, AwsAccount(emulated))
    assert identities.sending_enabled("example-com", VIRGINIA) is None
    emulated.client("sesv2", "us-east-1").create_configuration_set(ConfigurationSetName="example-com")
    assert identities.sending_enabled("example-com", VIRGINIA) is True
    identities.let_send("example-com", VIRGINIA, enabled=False)
    assert identities.sending_enabled("example-com", VIRGINIA) is False
    identities.let_send("example-com", VIRGINIA, enabled=True)
    assert identities.sending_enabled("example-com", VIRGINIA) is True


def test_a_configuration_set_that_does_not_exist_cannot_be_paused(emulated: AwsSession) -> None:
    with pytest.raises(ProvisionerError, match="example-com does not exist"):
        SesIdentities(emulated, AwsAccount(emulated)).let_send("example-com", VIRGINIA, enabled=False)


def test_a_configuration_set_that_does_not_say_sends(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_response("get_configuration_set", {})
    assert SesIdentities(session, AwsAccount(session)).sending_enabled("example-com", VIRGINIA) is True


def test_tags_of_an_identity_are_set_and_taken_off(emulated: AwsSession) -> None:
    emulated.client("sesv2", "us-east-1").create_email_identity(EmailIdentity="example.com")
    identities = SesIdentities(emulated, AwsAccount(emulated))
    identities.tag(EXAMPLE, VIRGINIA, {"ProvisionerStanding": "paused -", "Team": "web"})
    identities.untag(EXAMPLE, VIRGINIA, ["ProvisionerStanding", "Absent"])
    status = identities.status(EXAMPLE, VIRGINIA)
    assert status is not None
    assert status.tags == {"Team": "web"}


def test_the_account_is_described_as_ses_has_it_and_asked_once(session: AwsSession, stub: Stub) -> None:
    quota = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 12.0}
    review = {"ReviewDetails": {"Status": "PENDING", "CaseId": "1"}}
    stub("sesv2", "us-east-1").add_response(
        "get_account",
        {
            "EnforcementStatus": "PROBATION",
            "ProductionAccessEnabled": False,
            "SendingEnabled": True,
            "SendQuota": quota,
            "Details": review,
        },
    )
    identities = SesIdentities(session, AwsAccount(session))
    assert identities.ses_account(VIRGINIA) == SesAccount(
        VIRGINIA, False, True, "PROBATION", 200.0, 1.0, 12.0, "PENDING", review_case="1"
    )
    assert identities.ses_account(VIRGINIA).most_a_day == 200


def test_the_account_is_asked_for_anew_by_who_waits_for_it(session: AwsSession, stub: Stub) -> None:
    answers = stub("sesv2", "us-east-1")
    answers.add_response("get_account", {"SendingEnabled": False})
    answers.add_response("get_account", {"SendingEnabled": True})
    identities = SesIdentities(session, AwsAccount(session))
    assert identities.ses_account(VIRGINIA).sending_enabled is False
    identities.forget_account()
    assert identities.ses_account(VIRGINIA).sending_enabled is True


def test_an_account_that_says_nothing_is_not_known(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_response("get_account", {})
    assert SesIdentities(session, AwsAccount(session)).ses_account(VIRGINIA) == SesAccount(VIRGINIA)


def test_an_account_that_may_not_be_looked_at_is_unseen_and_no_failure(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_client_error("get_account", "AccessDeniedException", "not authorized")
    unseen = SesIdentities(session, AwsAccount(session)).ses_account(VIRGINIA).unseen
    assert unseen == "ses:GetAccount: AccessDeniedException: not authorized"


@pytest.mark.parametrize("production", [True, False])
def test_the_emulated_account_has_production_access_or_not(
    emulated_with: Callable[..., AwsSession], production: bool
) -> None:
    session = emulated_with(production=production)
    account = SesIdentities(session, AwsAccount(session)).ses_account(VIRGINIA)
    assert (account.production, account.sending_enabled, account.enforcement) == (production, True, "HEALTHY")


def test_signing_that_is_off_is_seen_and_switched_on(emulated: AwsSession) -> None:
    ses, identities = emulated.client("sesv2", "us-east-1"), SesIdentities(emulated, AwsAccount(emulated))
    ses.create_email_identity(EmailIdentity="example.com")
    ses.put_email_identity_dkim_attributes(EmailIdentity="example.com", SigningEnabled=False)
    assert _seen(identities).signing_enabled is False
    identities.sign(EXAMPLE, VIRGINIA)
    assert _seen(identities).signing_enabled is True


def test_a_key_of_the_customer_s_own_has_no_tokens(emulated: AwsSession) -> None:
    ses, identities = emulated.client("sesv2", "us-east-1"), SesIdentities(emulated, AwsAccount(emulated))
    ses.create_email_identity(EmailIdentity="example.com")
    assert (_seen(identities).signing_origin, len(_seen(identities).dkim_tokens)) == ("AWS_SES", 3)
    own = {"DomainSigningSelector": "mine", "DomainSigningPrivateKey": "bWluZQ=="}
    ses.put_email_identity_dkim_signing_attributes(
        EmailIdentity="example.com", SigningAttributesOrigin="EXTERNAL", SigningAttributes=own
    )
    assert (_seen(identities).signing_origin, _seen(identities).dkim_tokens) == ("EXTERNAL", ())


def test_ses_looks_again_for_what_it_has_given_up_on(
    emulated_with: Callable[..., AwsSession], clock_of_ses: Callable[[float], None]
) -> None:
    session = emulated_with(give_up_after=3600.0)
    ses, identities = session.client("sesv2", "us-east-1"), SesIdentities(session, AwsAccount(session))
    ses.create_email_identity(EmailIdentity="example.com")
    ses.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com", MailFromDomain="bounce.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    clock_of_ses(3601.0)
    before = _seen(identities)
    clock_of_ses(0.0)
    assert (before.dkim_status, before.mail_from_status, before.fault) == ("FAILED", "FAILED", "HOST_NOT_FOUND")
    identities.look_for_dkim(EXAMPLE, VIRGINIA)
    identities.look_for_mail_from(EXAMPLE, VIRGINIA)
    after = _seen(identities)
    assert (after.dkim_status, after.mail_from_status) == ("PENDING", "PENDING")
    attributes = ses.get_email_identity(EmailIdentity="example.com")["MailFromAttributes"]
    assert (attributes["MailFromDomain"], attributes["BehaviorOnMxFailure"]) == ("bounce.example.com", "REJECT_MESSAGE")


def test_where_ses_refuses_to_set_what_is_set_the_older_call_asks_again(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_client_error(
        "put_email_identity_dkim_signing_attributes", "BadRequestException", "You can't switch to the same key length"
    )
    older = stub("ses", "us-east-1")
    older.add_response("verify_domain_dkim", {"DkimTokens": ["a", "b", "c"]}, {"Domain": "example.com"})
    SesIdentities(session, AwsAccount(session)).look_for_dkim(EXAMPLE, VIRGINIA)


def test_any_other_refusal_is_one(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_client_error(
        "put_email_identity_dkim_signing_attributes", "AccessDeniedException", "not authorized"
    )
    with pytest.raises(ProvisionerError, match="ses:PutEmailIdentityDkimSigningAttributes: AccessDenied"):
        SesIdentities(session, AwsAccount(session)).look_for_dkim(EXAMPLE, VIRGINIA)


def _seen(identities: SesIdentities) -> IdentityStatus:
    found = identities.status(EXAMPLE, VIRGINIA)
    assert found is not None
    return found


def test_a_key_of_the_customer_s_own_is_seen(emulated: AwsSession) -> None:
    ses, identities = emulated.client("sesv2", "us-east-1"), SesIdentities(emulated, AwsAccount(emulated))
    own = {"DomainSigningSelector": "mine", "DomainSigningPrivateKey": "bWFkZSB1cA=="}
    ses.create_email_identity(EmailIdentity="example.com", DkimSigningAttributes=own)
    assert _seen(identities).signing_origin == "EXTERNAL"
    assert repairs_of(replace(_seen(identities), dkim_status="FAILED")) == ()
