"""Mail: sending it, and what receivers report of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.dmarc.evidence import AggregateReport, UnreadableReport


class Reports(Protocol):
    """DMARC aggregate reports, as receivers send them."""

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        """Read files and directories of XML, gzip and zip; raises `ProvisionerError` when a path does not exist."""


class Mailer(Protocol):
    """SMTP, as the customer's site would use it."""

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        """Send one message and return the server's reply; raises `SmtpRefusal` with the reply when refused."""
