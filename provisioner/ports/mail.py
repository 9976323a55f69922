"""Mail: sending it, and what receivers report of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.dmarc.evidence import AggregateReport, UnreadableReport
from provisioner.core.values.secret import Secret


class Reports(Protocol):
    """DMARC aggregate reports, as receivers send them."""

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        """Read files and directories of XML, gzip and zip; raises `ProvisionerError` when a path does not exist."""


class Mailer(Protocol):
    """SMTP, as the customer's site would use it."""

    @property
    def is_replaced(self) -> bool:
        """Whether the environment names one server in place of every region's."""

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        """Send one message and return the server's reply; raises `SmtpRefusal` with the reply when refused."""

    def log_in(self, endpoint: Endpoint, user_name: str, password: Secret) -> None:
        """Log in and hang up, without a message.

        Raises `SmtpRefusal` with the reply when the login is refused, and `ProvisionerError` when nobody could be
        asked: `smtp_unreachable`, `smtp_timeout`, `smtp_no_starttls`, `smtp_certificate`, `smtp_certificate_early`,
        `smtp_certificate_expired`, or `smtp_not_replaced` where the environment replaces only the other way in.
        """
