"""Mail and reports in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.dmarc.evidence import AggregateReport, UnreadableReport


class FakeReports:
    """Aggregate reports, whatever the path."""

    def __init__(self) -> None:
        self.found: list[AggregateReport | UnreadableReport] = []

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        yield from self.found


class FakeMailer:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        self.sent.append((credential.user_name, sender, recipient))
        return "Ok 0100"
