"""Send one message the way the customer's site would: through SMTP, with the stored credential."""

from __future__ import annotations

from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.new_keys import reply_of, waited_out
from provisioner.usecases.credentials.refusal import Attempt, is_too_early, way_out
from provisioner.usecases.credentials.stored import smtp_user, stored_credential
from provisioner.usecases.home import recall

_BODY = """\
This is a test message.

It was sent through Amazon SES with the SMTP credentials of {user},
the way a website of this domain would send it.
"""


def send_test(edges: Edges, domain: DomainName, recipient: EmailAddress, sender: str | None = None) -> str:
    """Send the message and return what the server said to it, e.g. `Ok 0100...`.

    With the name of a sender it goes out as the sender, from its address and with its credential. Where SES may not
    know a new access key yet it is tried again for a minute. Raises `ProvisionerError` with the reply of the server,
    and, as far as AWS may be asked, with what to do about its cause.
    """
    user = smtp_user(edges, domain, sender)
    attempt = Attempt(stored_credential(edges, user), _address(edges, user), str(recipient))
    edges.progress.step(f"{user}: sending from {attempt.address} to {recipient} through {attempt.credential.host}")
    try:
        return waited_out(
            edges, str(user), lambda: _send(edges, attempt), lambda reply: is_too_early(edges, attempt, reply)
        )
    except SmtpRefusal as refusal:
        raise _explained(edges, attempt, refusal) from refusal


def _send(edges: Edges, attempt: Attempt) -> str:
    subject, body = f"Test message from {attempt.domain}", _BODY.format(user=attempt.credential.user)
    return edges.mailer.send(attempt.credential, attempt.address, attempt.recipient, subject, body)


def _explained(edges: Edges, attempt: Attempt, refusal: SmtpRefusal) -> ProvisionerError:
    return ProvisionerError(refusal.code, refusal.message, way_out(edges, attempt, reply_of(refusal)))


def _address(edges: Edges, user: SmtpUser) -> str:
    if user.sender is None:
        return f"test@{user.domain.ascii}"
    senders = recall(edges, user.domain).request.senders
    return next(sender.address(user.domain) for sender in senders.listed if sender.name == user.sender)
