"""An SES account as the SMTP server asks for it, and mail to hand in."""

import json
import smtplib
from dataclasses import replace
from typing import Any

from provisioner.core.credentials.password import derive
from provisioner.core.values.secret import Secret
from provisioner.sandbox.policy.users import Principal
from provisioner.sandbox.ses.sending import SesConfigurationSet, SesIdentity
from provisioner.sandbox.smtp.account import MailFrom

REGION = "us-east-1"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PASSWORD = derive(SECRET, REGION)
USER_ARN = "arn:aws:iam::123456789012:user/provisioner/smtp/mail-example"
ARN = f"arn:aws:ses:{REGION}:123456789012:"


class FakeAccount:
    """An account in production with one verified domain, its set, and a user who may send as it."""

    def __init__(self) -> None:
        self.region = REGION
        self.used: list[str] = []
        self._identities: dict[str, SesIdentity] = {}
        self._mail_from: dict[str, MailFrom] = {}
        self._sets: dict[str, SesConfigurationSet] = {}
        self._principal: Principal | None = None
        self._production = True
        self._enabled = True
        self.has_set("example-com").verifies("example.com", configuration_set="example-com").lets_user(
            statement(
                Resource=[f"{ARN}identity/*", f"{ARN}configuration-set/example-com"],
                Condition={"StringLike": {"ses:FromAddress": "*@example.com", "ses:FeedbackAddress": "*@example.com"}},
            )
        )

    def verifies(self, name: str, *, configuration_set: str | None = None, verified: bool = True) -> "FakeAccount":
        kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        self._identities[name] = SesIdentity(name, self.arn("identity", name), verified, configuration_set, kind)
        return self

    def says_of(self, identity: str, *statements: dict[str, Any]) -> "FakeAccount":
        """Give an identity a policy of its own."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self._identities[identity] = replace(self._identities[identity], policy=policy)
        return self

    def bounces_to(self, identity: str, mail_from: MailFrom) -> "FakeAccount":
        self._mail_from[identity] = mail_from
        return self

    def has_set(self, name: str, *, sending: bool = True) -> "FakeAccount":
        self._sets[name] = SesConfigurationSet(name, self.arn("configuration-set", name), sending)
        return self

    def lets_user(self, *statements: dict[str, Any]) -> "FakeAccount":
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self._principal = Principal("mail-example", USER_ARN, "AIDAEXAMPLE", KEY_ID, Secret(SECRET), (document,))
        return self

    def loses_its_key(self) -> "FakeAccount":
        self._principal = None
        return self

    def enters_the_ses_sandbox(self) -> "FakeAccount":
        self._production = False
        return self

    def is_paused(self) -> "FakeAccount":
        self._enabled = False
        return self

    def arn(self, kind: str, name: str) -> str:
        return f"{ARN}{kind}/{name}"

    def principal(self, key_id: str) -> Principal | None:
        return self._principal if key_id == KEY_ID else None

    def note_use(self, key_id: str) -> None:
        self.used.append(key_id)

    def identity(self, address: str) -> SesIdentity | None:
        return self._identities.get(address) or self._identities.get(address.rpartition("@")[2].lower())

    def mail_from(self, identity: SesIdentity) -> MailFrom | None:
        return self._mail_from.get(identity.name)

    def configuration_set(self, name: str) -> SesConfigurationSet | None:
        return self._sets.get(name)

    def production(self) -> bool:
        return self._production

    def sending_enabled(self) -> bool:
        return self._enabled


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"} | elements


def text(*fields: str, body: str = "Hello\r\n") -> bytes:
    """Return a message with these header fields after a From and a Subject."""
    return "\r\n".join(["From: Shop <info@example.com>", "Subject: Order 1", *fields, "", body]).encode()


def deliver(client: smtplib.SMTP, raw: bytes, sender: str = "info@example.com", *recipients: str) -> str:
    """Hand a message in and return the reply to its end, code and text."""
    assert client.docmd("MAIL", f"FROM:<{sender}>")[0] == 250
    for recipient in recipients or ("someone@elsewhere.test",):
        assert client.docmd("RCPT", f"TO:<{recipient}>")[0] == 250
    code, reply = client.data(raw)
    return f"{code} {reply.decode()}"
