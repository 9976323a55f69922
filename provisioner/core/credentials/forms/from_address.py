"""The From address that a consumer is given, and why it may use no other."""

from provisioner.core.credentials.credential import Login
from provisioner.errors import InputError

USUAL = "noreply"  # before the @ of a domain's own login, which may send as any address


def from_address(login: Login, usual: str = USUAL) -> str:
    """Return the one address to send from: the chosen one, the sender's, or `usual` at the domain.

    Raises `InputError("no_from_address")` for a sender that this home does not know any more.
    """
    if login.chosen_from is not None:
        return login.chosen_from
    if login.sends_from is None:
        message = f"{login.credential.user}: this home does not know which address it sends from"
        raise InputError("no_from_address", message, "name the address with --from")
    return f"{usual}@{login.credential.domain.ascii}" if any_of_domain(login) else login.sends_from


def any_of_domain(login: Login) -> bool:
    """Say whether the login may send from every address of its domain."""
    return login.sends_from is not None and login.sends_from.startswith("*@")


def reason(login: Login, usual: str = USUAL) -> tuple[str, ...]:
    """Return, as lines of a comment, why From must be forced."""
    address = from_address(login, usual)
    domain = login.credential.domain.ascii
    if any_of_domain(login):
        return (
            f"From must be an address at {domain}: SES refuses every other one with 554, such as that of a visitor",
            f"who fills in a form, or root@localhost. Any will do; this is {address}.",
        )
    return (
        f"From must be {address}: this login may send as nothing else, and SES refuses every other address",
        "with 554, such as that of a visitor who fills in a form, or root@localhost.",
    )


def title(login: Login, what: str) -> str:
    """Return the first line of a form: what it is, and of which login."""
    held = login.credential
    whose = held.domain.ascii if held.sender is None else f"{held.domain.ascii}, sender {held.sender}"
    return f"{what}: Amazon SES in {held.region}, for {whose}"
