"""What the doctor, and whoever judges as it does, asks of the world outside."""

from typing import Protocol

from provisioner.core.credentials.iam_user import IamUser
from provisioner.core.dns.questions import Question, Reply, Silent


class Questions(Protocol):
    """Name servers, asked one by one, and the resolver; several threads may ask at once."""

    def put(self, question: Question) -> Reply | Silent:
        """Ask, once more where nothing comes back; an answer that does not fit into UDP is asked for by TCP."""


class IamFacts(Protocol):
    """IAM, for whoever judges a user by all that it has; several threads may ask at once."""

    def user(self, name: str) -> IamUser | None:
        """Return all that decides what the user may do, None when there is no such user.

        A part that the operator may not look at is `Unseen`, and leaves the others.
        """
