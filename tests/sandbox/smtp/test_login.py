"""Who may log in at the SMTP server."""

import base64
import smtplib
from collections.abc import Callable

import pytest
from fakes.ses_account import KEY_ID, PASSWORD, SECRET, FakeAccount, deliver, text

from provisioner.core.credentials.password import derive

Connect = Callable[..., smtplib.SMTP]


def b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


class TestCredentials:
    @pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
    @pytest.mark.parametrize("initial", [True, False])
    def test_both_mechanisms_work_with_and_without_an_initial_response(
        self, connect: Connect, mechanism: str, initial: bool
    ) -> None:
        client = connect(login=False)
        client.ehlo()
        client.user, client.password = KEY_ID, PASSWORD

        name = mechanism.removeprefix("auth_")
        answer = client.auth(name, getattr(client, mechanism), initial_response_ok=initial)

        assert answer == (235, b"Authentication successful.")

    def test_the_mechanism_may_be_written_in_any_case(self, connect: Connect) -> None:
        client = connect(login=False)
        client.ehlo()

        assert client.docmd("auth", f"plain {b64(f'{chr(0)}{KEY_ID}{chr(0)}{PASSWORD}')}")[0] == 235

    @pytest.mark.parametrize(
        ("user", "password"),
        [
            (KEY_ID, SECRET),
            (KEY_ID, derive(SECRET, "eu-west-1")),
            (KEY_ID, "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"),  # the algorithm before 2019
            ("AKIAI44QH8DHBEXAMPLE", PASSWORD),
            ("mail-example", PASSWORD),
            (KEY_ID, ""),
        ],
    )
    def test_anything_but_the_derived_password_of_the_region_is_refused(
        self, connect: Connect, user: str, password: str
    ) -> None:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            connect(login=False).login(user, password)

        assert (refused.value.smtp_code, refused.value.smtp_error) == (535, b"Authentication Credentials Invalid")

    def test_a_key_that_is_gone_is_refused_at_login_and_in_an_open_session(
        self, account: FakeAccount, connect: Connect
    ) -> None:
        client = connect()
        account.loses_its_key()

        assert deliver(client, text()) == "535 Authentication Credentials Invalid"
        with pytest.raises(smtplib.SMTPAuthenticationError):
            connect()

    def test_the_password_is_in_no_log(self, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        caplog.set_level("DEBUG", logger="mail.log")  # a sandbox that ran before in this process made it quiet
        plain = base64.b64encode(f"\0{KEY_ID}\0{PASSWORD}".encode()).decode()

        deliver(connect(), text())

        assert "example.com" in caplog.text  # something was logged at all
        assert not [record for record in caplog.records if record.levelname == "WARNING"]
        for secret in (SECRET, PASSWORD, plain, base64.b64encode(PASSWORD.encode()).decode()):
            assert secret not in caplog.text


def test_a_login_is_a_use_of_the_key_and_a_refused_one_is_none(connect: Connect, account: FakeAccount) -> None:
    client = connect(login=False)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(KEY_ID, SECRET)
    assert account.used == []
    client.login(KEY_ID, PASSWORD)
    assert account.used == [KEY_ID]
