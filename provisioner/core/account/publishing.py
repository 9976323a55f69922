"""What SES publishes to CloudWatch of the mail of one configuration set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioner.core.account.metrics import COUNTS, RATES, Days, Metric

DIMENSION = "ses:configuration-set"


@dataclass(frozen=True, slots=True)
class Destination:
    """An event destination of the set to CloudWatch: which dimensions its metrics have."""

    name: str
    enabled: bool
    dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Publishing:
    """`rates`: whether the set's bounce and complaint rates are published; its counts are by destinations only.

    Source: SES developer guide, "Set up a CloudWatch event destination" and "Viewing bounce and complaint rates".
    """

    configuration_set: str
    rates: bool
    destinations: Sequence[Destination]

    @property
    def counts(self) -> bool:
        """Whether mail is counted under the name of the set alone, which is where we look."""
        return any(one.enabled and one.dimensions == {DIMENSION} for one in self.destinations)

    def notes(self, days: Days) -> Iterator[str]:
        """Yield why there is no data where there is none."""
        if not days.has(COUNTS):
            yield self._without_counts()
        if not days.has(RATES):
            yield self._without_rates()

    def _without_counts(self) -> str:
        if self.counts:
            return f"CloudWatch has counted no mail through configuration set {self.configuration_set}"
        only = f"SES counts mail by day only for an event destination to CloudWatch whose one dimension is {DIMENSION}"
        others = ", ".join(self._told(one) for one in self.destinations)
        return f"no counts: {only}; {self.configuration_set} has {f'others: {others}' if others else 'none'}"

    def _told(self, destination: Destination) -> str:
        state = "" if destination.enabled else ", disabled"
        return f"{destination.name} ({' '.join(sorted(destination.dimensions)) or 'no dimension'}{state})"

    def _without_rates(self) -> str:
        if self.rates:
            return "no rates: SES publishes them once mail goes through the configuration set"
        return f"no rates: reputation metrics are switched off on configuration set {self.configuration_set}"


@dataclass(frozen=True, slots=True)
class SetMetrics:
    """The mail of one configuration set by day; `notes` say what is missing, and why."""

    domain: str
    region: str
    configuration_set: str
    days: Days
    notes: Sequence[str]

    def to_document(self) -> dict[str, object]:
        """Return the document of `metrics --json`."""
        return {
            "domain": self.domain,
            "region": self.region,
            "configuration_set": self.configuration_set,
            "days": [day.to_document() for day in self.days.listed],
            "totals": self.days.totals,
            "bounce_rate": self.days.latest(Metric.BOUNCE_RATE),
            "complaint_rate": self.days.latest(Metric.COMPLAINT_RATE),
            "notes": list(self.notes),
        }
