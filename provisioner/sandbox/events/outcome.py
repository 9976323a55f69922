"""What becomes of a message at one recipient: how SES's mailbox simulator, and a mailbox of our choice, answer.

Source: SES developer guide, "Using the mailbox simulator manually", and events that people published who had sent to
the simulator. The simulator says that `suppressionlist@` is unknown; of an account whose own list is switched off
SES's global list says so instead, without asking it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SIMULATOR = "simulator.amazonses.com"


@dataclass(frozen=True)
class Bounce:
    """Why a message came back, as SES calls it; without a status it was no failure, but an answer."""

    kind: str
    sub_kind: str
    status: str | None = None
    diagnostic: str | None = None
    asked: bool = True  # whether the recipient's server was: what SES suppresses does not get there


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message: it may be delivered, and still come back or be complained of later."""

    delivered: str | None = None  # the server's reply
    bounce: Bounce | None = None
    complaint: str | None = None  # the kind of feedback
    complaint_sub_kind: str | None = None
    delay: Bounce | None = None


HARD = Bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")
FULL = Bounce("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 The email account is over quota")
OUT_OF_OFFICE = Bounce("Transient", "General")
REFUSED_AS_LISTED = "smtp; 550 5.1.1 As requested: user unknown (suppressed address: {address})"
GLOBALLY_SUPPRESSED = (
    "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid "
    "address. For more information about how to remove an address from the suppression list, see the Amazon SES "
    "Developer Guide: http://docs.aws.amazon.com/ses/latest/DeveloperGuide/remove-from-suppressionlist.html "
)
SUPPRESSED = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your account. For "
    "more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html"
)
BEHAVIOURS: Mapping[str, Outcome] = {
    "success": Outcome(delivered="250 2.6.0 Message received"),
    "bounce": Outcome(bounce=HARD),
    "complaint": Outcome(delivered="250 Ok", complaint="abuse"),
    "ooto": Outcome(delivered="250 Ok", bounce=OUT_OF_OFFICE),
    "mailbox-full": Outcome(delay=FULL, bounce=FULL),
    "delay": Outcome(delay=FULL, delivered="250 2.0.0 Ok"),
}
ORDINARY = Outcome(delivered="250 2.0.0 Ok")


def at_simulator(address: str, *, own_list: bool) -> Outcome | None:
    """Return how the simulator answers, labels or not; None for other addresses. `own_list`: the account has one."""
    local, _, host = address.lower().rpartition("@")
    if host != SIMULATOR:
        return None
    name = local.partition("+")[0]
    if name != "suppressionlist":
        return BEHAVIOURS.get(name, BEHAVIOURS["bounce"])
    if own_list:
        return Outcome(bounce=Bounce("Permanent", "General", "5.1.1", REFUSED_AS_LISTED.format(address=address)))
    return Outcome(bounce=Bounce("Permanent", "Suppressed", "5.1.1", GLOBALLY_SUPPRESSED, asked=False))


def suppressed(reason: str) -> Outcome:
    """Return what becomes of a message to an address on the account's list, by the reason for which it is there."""
    if reason == "COMPLAINT":
        return Outcome(complaint="", complaint_sub_kind="OnAccountSuppressionList")
    return Outcome(bounce=Bounce("Permanent", "OnAccountSuppressionList", "5.1.1", SUPPRESSED, asked=False))
