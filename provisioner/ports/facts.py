"""What only the doctor asks of the world outside."""

from typing import Protocol

from provisioner.core.dns.questions import Question, Reply, Silent


class Questions(Protocol):
    """Name servers, asked one by one, and the resolver; several threads may ask at once."""

    def put(self, question: Question) -> Reply | Silent:
        """Ask, once more where nothing comes back; an answer that does not fit into UDP is asked for by TCP."""
