"""What the commands on the account ask for, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from provisioner.core.account.metrics import Metric, Values
from provisioner.core.account.production import ProductionRequest
from provisioner.core.account.publishing import Destination, Publishing
from provisioner.core.account.suppression import Reason, Suppressed
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError


class FakeSuppressionList:
    """The list of one region, by the exact address; every change is one minute later than the one before."""

    def __init__(self) -> None:
        self.entries: dict[str, Suppressed] = {}
        self.asked: list[str] = []
        self.breaks_at: dict[str, BaseException] = {}

    def has(self, address: str, reason: Reason = Reason.BOUNCE, at: datetime | None = None) -> FakeSuppressionList:
        minute = datetime(2026, 11, 1, 12, len(self.entries), tzinfo=UTC)
        self.entries[address] = Suppressed(address, reason, at or minute)
        return self

    def breaks(self, address: str, error: BaseException) -> FakeSuppressionList:
        self.breaks_at[address] = error
        return self

    def listed(self, region: Region, reason: Reason | None, since: datetime | None) -> Iterator[Suppressed]:
        self.asked.append("list")
        for entry in self.entries.values():
            if reason in (None, entry.reason) and (since is None or entry.updated >= since):
                yield entry

    def entry(self, address: str, region: Region) -> Suppressed | None:
        if address in self.breaks_at:
            raise self.breaks_at[address]
        return self.entries.get(address)

    def put(self, address: str, reason: Reason, region: Region) -> None:
        self.has(address, reason)

    def delete(self, address: str, region: Region) -> None:
        self.entries.pop(address, None)


class FakeSending:
    """SES, with what it publishes of configuration sets."""

    def __init__(self) -> None:
        self.published: dict[str, Publishing] = {}
        self.suppressing: dict[str, tuple[str, ...]] = {}
        self.requests: list[ProductionRequest] = []
        self.refusal: ProvisionerError | None = None

    def publishes(self, name: str, *destinations: Destination, rates: bool = True) -> FakeSending:
        self.published[name] = Publishing(name, rates, destinations)
        return self

    def does_not_allow(self) -> FakeSending:
        self.refusal = ProvisionerError("access_denied", "ses:GetConfigurationSetEventDestinations: AccessDenied: no")
        return self

    def suppress_by(self, region: Region, reasons: Sequence[str]) -> None:
        self.suppressing[region.name] = tuple(reasons)

    def request_production(self, region: Region, request: ProductionRequest) -> None:
        self.requests.append(request)

    def publishing(self, configuration_set: str, region: Region) -> Publishing | None:
        if self.refusal:
            raise self.refusal
        return self.published.get(configuration_set)


class FakeMetrics:
    """CloudWatch with what it was told of the account (None) and of configuration sets."""

    def __init__(self) -> None:
        self.known: dict[str | None, dict[Metric, dict[date, float]]] = {}
        self.refusal: ProvisionerError | None = None

    def has(self, metric: Metric, values: Mapping[date, float], of: str | None = None) -> FakeMetrics:
        self.known.setdefault(of, {}).setdefault(metric, {}).update(values)
        return self

    def does_not_allow(self) -> FakeMetrics:
        message = "cloudwatch:GetMetricData: AccessDenied: not authorized"
        self.refusal = ProvisionerError("access_denied", message, "allow the action")
        return self

    def by_day(self, region: Region, configuration_set: str | None, first: date, last: date) -> Values:
        if self.refusal:
            raise self.refusal
        known = self.known.get(configuration_set, {})
        return {metric: {day: v for day, v in days.items() if first <= day <= last} for metric, days in known.items()}
