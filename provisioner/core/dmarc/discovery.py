"""Which DMARC record applies to a domain: RFC 9989 sections 4.10 (tree walk) and 4.10.2 (organizational domain)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.protocol import tree_walk
from provisioner.core.dmarc.record import DmarcRecord, lower, only_record, policy_of
from provisioner.core.dns.answers import Found, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.values.domain import DomainName


@dataclass(frozen=True, slots=True)
class Step:
    """One name of the tree walk (`_dmarc.example.com`), its TXT values, and the record that receivers see there.

    `silence` is why nothing is known of the name, empty when DNS answered.
    """

    name: str
    texts: tuple[str, ...]
    record: DmarcRecord | None
    silence: str = ""

    @property
    def domain(self) -> str:
        """The domain that the name speaks for."""
        return self.name.removeprefix("_dmarc.")


@dataclass(frozen=True, slots=True)
class Applicable:
    """The record that applies to `domain`, and the walk that found it; `found` is None when there is none."""

    domain: DomainName
    walk: tuple[Step, ...]
    found: Step | None

    @property
    def is_inherited(self) -> bool:
        """Whether the record stands above the domain."""
        return self.found is not None and self.found.domain != self.domain.ascii

    @property
    def own(self) -> Step:
        """What stands at the domain's own name."""
        return self.walk[0]

    @property
    def policy(self) -> DmarcPolicy | None:
        """What receivers are asked to do with mail of the domain that fails, `sp` and `t` taken into account."""
        if self.found is None or self.found.record is None:
            return None
        record = self.found.record
        asked = (policy_of(record.get("sp")) if self.is_inherited else None) or record.policy
        return lower(asked) if asked and record.is_test else asked


def look_up(domain: DomainName, ask: Ask) -> Applicable | Unreachable:
    """Walk up the tree as receivers do; `Unreachable` when DNS does not say what decides.

    All names are asked for, also above a record of the domain's own.
    """
    walk = [_step(name, ask) for name in tree_walk(domain.ascii)]
    applicable = discover(domain, walk)
    deciding = walk if applicable.found is None else walk[: walk.index(applicable.found)]
    silent = next((step for step in deciding if step.silence), None)
    return Unreachable(f"TXT {silent.name}: DNS does not answer: {silent.silence}") if silent else applicable


def _step(name: str, ask: Ask) -> Step:
    match ask(name, "TXT"):
        case Found(texts):
            return Step(name, texts, only_record(texts))
        case Unreachable(reason):
            return Step(name, (), None, reason or "no reason given")
        case _:
            return Step(name, (), None)


def above(applicable: Applicable) -> Applicable:
    """Return what would apply to the domain if it had no record of its own."""
    own, *others = applicable.walk
    return discover(applicable.domain, [replace(own, texts=(), record=None), *others])


def discover(domain: DomainName, walk: Sequence[Step]) -> Applicable:
    """Return the record that applies: the domain's own, else its organizational domain's, else its suffix's."""
    own, *above = walk
    if own.record is not None:
        return Applicable(domain, tuple(walk), own)
    organization = _organization(walk)
    suffix = next((step for step in above if step.record and _psd(step.record) == "y"), None)
    found = next((step for step in above if step.domain == organization and step.record), suffix)
    return Applicable(domain, tuple(walk), found)


def _organization(walk: Sequence[Step]) -> str:
    below = walk[0]
    bearing = [step for step in walk if step.record is not None]
    for step in walk:
        if step.record is not None and _psd(step.record) == "n":
            return step.domain
        if step.record is not None and _psd(step.record) == "y" and step is not walk[0]:
            return below.domain
        below = step
    return bearing[-1].domain if bearing else walk[0].domain


def _psd(record: DmarcRecord) -> str:
    return (record.get("psd") or "u").lower()
