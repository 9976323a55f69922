"""Steps for a person who lets Gmail send as an address of the domain."""

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.from_address import any_of_domain, from_address, reason, title
from provisioner.core.credentials.security import Security
from provisioner.errors import InputError

PORTS = (25, 465, 587)  # what Gmail lets one choose from


def gmail(login: Login) -> str:
    """Return the steps of "Send mail as"; raises `InputError("port_of_gmail")` for a port that Gmail does not offer."""
    held = login.credential
    if held.port not in PORTS:
        raise InputError("port_of_gmail", f"Gmail does not offer port {held.port}", "use --port 587 or --port 465")
    secured = "Secured connection using TLS" if held.security == Security.STARTTLS else "Secured connection using SSL"
    steps = [
        'In Gmail: the gear > See all settings > Accounts and Import > "Send mail as" > Add another email address',
        f"Email address: {from_address(login)}{_choice(login)}",
        "Next Step",
        f"SMTP Server: {held.host}",
        f"Port: {held.port}",
        f"Username: {held.user_name}",
        f"Password: {held.password.reveal()}",
        f"{secured}: chosen",
        "Add Account",
        "Gmail mails a code to that address, so it needs a mailbox that you read: type the code in, or follow the link",
    ]
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return "\n".join([title(login, "Gmail"), *reason(login), "", numbered]) + "\n"


def _choice(login: Login) -> str:
    free = any_of_domain(login) and login.chosen_from is None
    return f" (or whichever of {login.credential.domain.ascii} you read mail at)" if free else ""
