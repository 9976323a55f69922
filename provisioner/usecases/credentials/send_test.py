"""Send one message the way the customer's site would: through SMTP, with the stored credential."""

from __future__ import annotations

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.login_kind import Kind, look_at_password
from provisioner.core.credentials.trial import Trial
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, SmtpRefusal
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


def send_test(  # noqa: PLR0913 - where to, as whom, and what may differ from the usual
    edges: Edges,
    domain: DomainName,
    recipient: EmailAddress,
    sender: str | None = None,
    *,
    sent_from: EmailAddress | None = None,
    subject: str | None = None,
) -> Trial:
    """Send the message and return it with what the server said to it, e.g. `Ok 0100...`.

    With the name of a sender it goes out as the sender, from its address and with its credential. Where SES may not
    know a new access key yet it is tried again for a minute. Raises `InputError` before anything is sent for a From
    address that the credential may not send from, and `ProvisionerError` with the reply of the server and, as far as
    AWS may be asked, with what to do about its cause.
    """
    user = smtp_user(edges, domain, sender)
    address = _address(edges, user, sent_from)
    attempt = Attempt(_usable(stored_credential(edges, user)), address, str(recipient))
    edges.progress.step(f"{user}: sending from {attempt.address} to {recipient} through {attempt.credential.host}")
    title = subject or f"Test message from {domain}"
    return Trial(user, address, str(recipient), title, _delivered(edges, attempt, title))


def _delivered(edges: Edges, attempt: Attempt, subject: str) -> str:
    def send() -> str:
        body = _BODY.format(user=attempt.credential.user)
        return edges.mailer.send(attempt.credential, attempt.address, attempt.recipient, subject, body)

    try:
        return waited_out(edges, str(attempt.credential.user), send, lambda reply: is_too_early(edges, attempt, reply))
    except SmtpRefusal as refusal:
        hint = way_out(edges, attempt, reply_of(refusal))
        raise ProvisionerError(refusal.code, refusal.message, hint) from refusal
    except ProvisionerError as error:
        if not error.code.startswith("smtp_"):
            raise
        hint = f"{error.hint}; {_verify(attempt.credential.user)} tries every way in"
        raise ProvisionerError(error.code, error.message, hint) from error


def _usable(credential: SmtpCredential) -> SmtpCredential:
    """Return the credential; raises for one of which no login can come."""
    look = look_at_password(credential.password, credential.region)
    if look.kind is not Kind.PASSWORD:
        message = f"{credential.user}: what is stored is not an SMTP password: {look.wrong}"
        hint = f"{_verify(credential.user)} says more; restore the credential store, or make a new access key"
        raise ProvisionerError("unusable_credential", message, hint)
    return credential


def _verify(user: SmtpUser) -> str:
    return f"`provisioner credentials verify {user.domain}{f' --sender {user.sender}' if user.sender else ''}`"


def _address(edges: Edges, user: SmtpUser, asked: EmailAddress | None) -> str:
    if user.sender is None:
        if asked is not None and asked.domain != user.domain.ascii:
            raise _not_allowed(user, asked, f"an address at {user.domain}, such as test@{user.domain.ascii}")
        return str(asked or f"test@{user.domain.ascii}")
    senders = recall(edges, user.domain).request.senders
    own = next(sender.address(user.domain) for sender in senders.listed if sender.name == user.sender)
    if asked is not None and str(asked) != own:
        raise _not_allowed(user, asked, f"{own}, and in no other case of its letters")
    return own


def _not_allowed(user: SmtpUser, asked: EmailAddress, allowed: str) -> InputError:
    message = f"{user} may not send from {asked}: SES would refuse it (554, not authorized to perform ses:SendRawEmail)"
    return InputError("from_not_allowed", message, f"send from {allowed}")
