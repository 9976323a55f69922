"""Send one message the way the customer's site would: through SMTP, with the stored credential."""

from __future__ import annotations

from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.stored import smtp_user, stored_credential
from provisioner.usecases.home import recall

_BODY = """\
This is a test message.

It was sent through Amazon SES with the SMTP credentials of {user},
the way a website of this domain would send it.
"""


def send_test(edges: Edges, domain: DomainName, recipient: EmailAddress, sender: str | None = None) -> str:
    """Send the message and return what the server said to it, e.g. `Ok 0100...`; raises with its reply otherwise.

    With the name of a sender it goes out as the sender, from its address and with its credential.
    """
    user = smtp_user(edges, domain, sender)
    credential, address = stored_credential(edges, user), _address(edges, user)
    edges.progress.step(f"{user}: sending from {address} to {recipient} through {credential.host}")
    return edges.mailer.send(
        credential, address, str(recipient), f"Test message from {domain}", _BODY.format(user=user)
    )


def _address(edges: Edges, user: SmtpUser) -> str:
    if user.sender is None:
        return f"test@{user.domain.ascii}"
    senders = recall(edges, user.domain).request.senders
    return next(sender.address(user.domain) for sender in senders.listed if sender.name == user.sender)
