"""How a check asks DNS."""

from collections.abc import Callable

from provisioner.core.dns.answers import DnsAnswer

Ask = Callable[[str, str], DnsAnswer]
"""Answers for a name (without trailing dot) and a type (`TXT`); the same question may be asked many times."""


def remembering(ask: Ask) -> Ask:
    """Return an `Ask` that passes each question on once."""
    answers: dict[tuple[str, str], DnsAnswer] = {}

    def asked(name: str, rtype: str) -> DnsAnswer:
        if (name, rtype) not in answers:
            answers[name, rtype] = ask(name, rtype)
        return answers[name, rtype]

    return asked
