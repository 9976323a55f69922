"""Whose an access key and a password are: an SMTP user of a domain."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import iam_user_name, sender_user_name


@dataclass(frozen=True, slots=True)
class SmtpUser:
    """The main SMTP user of a domain, which sends as the whole of it, or, by its name, one of the domain's senders."""

    domain: DomainName
    sender: str | None = None

    @property
    def iam_user(self) -> str:
        """The name of its IAM user."""
        return iam_user_name(self.domain) if self.sender is None else sender_user_name(self.domain, self.sender)

    def __str__(self) -> str:
        return str(self.domain) if self.sender is None else f"{self.domain} (sender {self.sender})"
