"""What the commands on the account ask for, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from provisioner.core.account.metrics import Metric, Values
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError


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
