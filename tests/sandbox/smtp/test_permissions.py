"""As whom a user may send: IAM policies, and identities that are verified."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from fakes.ses_account import ARN, USER_ARN, FakeAccount, deliver, statement, text

from provisioner.sandbox.smtp.account import MailFrom
from provisioner.sandbox.smtp.mailbox import Mailbox

Connect = Callable[..., smtplib.SMTP]


def denied(resource: str) -> str:
    return (
        f"554 Access denied: User `{USER_ARN}' is not authorized to perform `ses:SendRawEmail' "
        f"on resource `{ARN}{resource}'"
    )


def unverified(*addresses: str) -> str:
    return (
        "554 Message rejected: Email address is not verified. The following identities failed the check "
        f"in region US-EAST-1: {', '.join(addresses)}"
    )


class TestPoliciesOfIdentities:
    def test_a_denial_by_the_identity_itself_wins(self, connect: Connect, account: FakeAccount) -> None:
        account.says_of("example.com", statement(Effect="Deny", Principal="*", Resource=f"{ARN}identity/example.com"))
        assert deliver(connect(), text()) == denied("identity/example.com")

    @pytest.mark.parametrize("principal", [{"AWS": "999988887777"}, {"AWS": "arn:aws:iam::123456789012:user/other"}])
    def test_what_is_said_about_others_changes_nothing(
        self, connect: Connect, account: FakeAccount, principal: dict[str, str]
    ) -> None:
        others = statement(Effect="Deny", Principal=principal, Resource=f"{ARN}identity/example.com")
        account.says_of("example.com", others)
        assert deliver(connect(), text()).startswith("250 ")

    def test_the_identity_can_allow_what_the_users_policies_do_not_mention(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.verifies("example.com").lets_user(statement(Resource=f"{ARN}configuration-set/*"))
        assert deliver(connect(), text()) == denied("identity/example.com")
        account.says_of("example.com", statement(Principal={"AWS": USER_ARN}, Resource=f"{ARN}identity/example.com"))
        assert deliver(connect(), text()).startswith("250 ")


class TestIam:
    @pytest.fixture
    def identity_only(self, account: FakeAccount) -> FakeAccount:
        return account.lets_user(statement(Resource=f"{ARN}identity/example.com"))

    def test_the_identitys_default_set_must_be_allowed_too(self, connect: Connect, identity_only: FakeAccount) -> None:
        assert deliver(connect(), text()) == denied("configuration-set/example-com")

    def test_a_set_named_in_the_header_must_be_allowed_even_if_it_does_not_exist(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.has_set("other-set")
        client = connect()

        for name in ("other-set", "no-such-set"):
            reply = deliver(client, text(f"X-SES-CONFIGURATION-SET: {name}"))
            assert reply == denied(f"configuration-set/{name}")

    def test_a_recipient_that_is_a_verified_identity_must_be_allowed_too(
        self, connect: Connect, identity_only: FakeAccount
    ) -> None:
        identity_only.verifies("example.com").verifies("customer.test")

        assert deliver(connect(), text(), "info@example.com", "boss@customer.test") == denied("identity/customer.test")

    def test_in_the_ses_sandbox_every_recipient_must_be_allowed_but_the_simulators(
        self, connect: Connect, identity_only: FakeAccount
    ) -> None:
        identity_only.verifies("example.com").enters_the_ses_sandbox()
        client = connect()

        assert deliver(client, text()) == denied("identity/someone@elsewhere.test")
        assert deliver(client, text(), "info@example.com", "success@simulator.amazonses.com").startswith("250 Ok")

    def test_another_domain_in_the_from_header_is_refused(self, connect: Connect, account: FakeAccount) -> None:
        account.verifies("victim.test")
        raw = b"From: ceo@victim.test\r\n\r\nHello\r\n"

        assert deliver(connect(), raw) == denied("identity/victim.test")

    def test_another_domain_in_the_envelope_or_the_return_path_field_is_refused(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.verifies("victim.test")
        client = connect()

        assert deliver(client, text(), "ceo@victim.test") == denied("identity/example.com")
        assert deliver(client, text("Return-Path: <ceo@victim.test>")) == denied("identity/example.com")

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"ses:ApiVersion": "2", "ses:FromDisplayName": "Shop"}},
            {"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1/128"]}},
            {"ForAllValues:StringLike": {"ses:Recipients": "*@elsewhere.test"}},
            {"StringLike": {"aws:PrincipalArn": "*/${aws:username}"}},
        ],
    )
    def test_the_request_has_the_condition_keys_that_ses_documents(
        self, connect: Connect, account: FakeAccount, condition: dict[str, Any]
    ) -> None:
        account.lets_user(statement(Condition=condition))

        assert deliver(connect(), text()).startswith("250 Ok ")

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"ses:ApiVersion": "1"}},
            {"ForAllValues:StringLike": {"ses:Recipients": "*@one.test"}},
            {"StringLike": {"ses:FromAddress": "INFO@*"}},
        ],
    )
    def test_a_condition_that_is_not_met_refuses(
        self, connect: Connect, account: FakeAccount, condition: dict[str, Any]
    ) -> None:
        account.lets_user(statement(Condition=condition))

        assert deliver(connect(), text()) == denied("identity/example.com")

    def test_a_policy_that_cannot_be_evaluated_refuses_and_says_what(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.lets_user(statement(Condition={"BinaryEquals": {"aws:CurrentTime": "2030-01-01"}}))

        assert "'BinaryEquals'" in deliver(connect(), text())

    @pytest.mark.parametrize(("until", "code"), [("2099-01-01", "250"), ("2020-01-01T00:00:00Z", "554")])
    def test_a_policy_may_end_at_a_time(self, connect: Connect, account: FakeAccount, until: str, code: str) -> None:
        account.lets_user(statement(Condition={"DateLessThan": {"aws:CurrentTime": until}}))

        assert deliver(connect(), text()).startswith(code)


class TestVerification:
    @pytest.fixture(autouse=True)
    def free(self, account: FakeAccount) -> FakeAccount:
        return account.lets_user(statement())

    def test_every_unverified_sender_is_named_once(self, connect: Connect, account: FakeAccount) -> None:
        account.verifies("pending.test", verified=False)
        raw = b"From: a@pending.test\r\nSender: b@x.test\r\nReturn-Path: <c@y.test>\r\n\r\nHi\r\n"

        assert deliver(connect(), raw, "a@pending.test") == unverified("a@pending.test", "b@x.test", "c@y.test")

    def test_an_envelope_sender_must_be_verified(self, connect: Connect) -> None:
        assert deliver(connect(), text(), "x@other.test") == unverified("x@other.test")

    def test_in_production_recipients_need_no_verification_in_the_ses_sandbox_they_do(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        client = connect()
        assert deliver(client, text()).startswith("250 Ok ")

        account.enters_the_ses_sandbox().verifies("friend@elsewhere.test")
        recipients = ("friend@elsewhere.test", "a@one.test", "bounce+1@simulator.amazonses.com", "b@two.test")
        assert deliver(client, text(), "info@example.com", *recipients) == unverified("a@one.test", "b@two.test")

    def test_a_missing_set_a_paused_set_and_a_paused_account_stop_mail(
        self, connect: Connect, account: FakeAccount, mailbox: Mailbox
    ) -> None:
        client = connect()

        missing = deliver(client, text("X-SES-CONFIGURATION-SET: none"))
        account.has_set("example-com", sending=False)
        paused = deliver(client, text())
        account.has_set("example-com").is_paused()
        account_paused = deliver(client, text())

        assert missing == "554 Configuration set does not exist: none"
        assert paused == "554 Sending paused for configuration set example-com."
        assert account_paused.startswith("554 Sending paused for this account.")
        assert not mailbox.messages()

    def test_an_identity_that_rejects_without_its_mail_from_domain_does(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.bounces_to("example.com", MailFrom("bounce.example.com", verified=False, required=True))

        assert deliver(connect(), text()).startswith("554 MAIL FROM domain not verified")
