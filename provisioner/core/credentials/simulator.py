"""SES's mailbox simulator: recipients that let each fate of a message be tried, and count in no rate.

Source: SES developer guide, "Sending test emails in Amazon SES with the simulator".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from provisioner.core.values.address import EmailAddress

_HOST = "simulator.amazonses.com"


class Simulator(StrEnum):
    """What shall become of the message; SES takes it from everybody, also while the account is in its sandbox."""

    SUCCESS = "success"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OOTO = "ooto"
    SUPPRESSED = "suppressed"

    @property
    def address(self) -> EmailAddress:
        """The recipient that does it."""
        return EmailAddress("suppressionlist" if self is Simulator.SUPPRESSED else str(self), _HOST)

    @property
    def fate(self) -> str:
        """What SES does with a message that it has accepted for it."""
        return _FATES[self]


_FATES: Mapping[Simulator, str] = {
    Simulator.SUCCESS: "SES delivers it, to nobody",
    Simulator.BOUNCE: "SES reports a hard bounce (550 5.1.1), which counts in no rate",
    Simulator.COMPLAINT: "SES delivers it and reports a complaint, which counts in no rate",
    Simulator.OOTO: "SES delivers it, and an out-of-office reply comes back to the envelope's sender",
    Simulator.SUPPRESSED: "SES reports a hard bounce as for an address on its own suppression list",
}
