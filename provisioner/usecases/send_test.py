"""Send one message the way the customer's site would: through SMTP, with the stored credential."""

from __future__ import annotations

from provisioner.core.address import EmailAddress
from provisioner.core.domain import DomainName
from provisioner.ports import Edges
from provisioner.usecases.stored import stored_credential

_BODY = """\
This is a test message.

It was sent through Amazon SES with the SMTP credentials of {domain},
the way a website of this domain would send it.
"""


def send_test(edges: Edges, domain: DomainName, recipient: EmailAddress) -> str:
    """Send the message and return what the server said to it, e.g. `Ok 0100...`; raises with its reply otherwise."""
    credential = stored_credential(edges, domain)
    sender = f"test@{domain.ascii}"
    edges.progress.step(f"{domain}: sending from {sender} to {recipient} through {credential.host}")
    return edges.mailer.send(
        credential, sender, str(recipient), f"Test message from {domain}", _BODY.format(domain=domain)
    )
