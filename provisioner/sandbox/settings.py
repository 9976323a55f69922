"""How a sandbox behaves: one frozen value, chosen by whoever starts it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.sandbox.faults import EndpointFaults
from provisioner.sandbox.http.throttle import Limit
from provisioner.sandbox.knobs.dns import DnsFault, DnsFaults


@dataclass(frozen=True)
class SandboxSettings:
    """Settings of one sandbox; port 0 takes a free one.

    `throttle` limits services by boto3's names (see `throttle.parse`). `undelegated`: no registrar points to the
    emulated name servers. `production`: SES lets mail out to anybody. `verification_delay`: seconds from the records
    being right to SES saying so. `give_up_after`: seconds that SES looks for records before it
    looks no more, until it is told to. `signing_hosted_zone`: the suffix of DKIM targets that SES reports in place of
    the region's own. `hosted_zone_limit`: Route 53's quota of zones, unlimited when None. `enforcement`: SES's word for
    the account, HEALTHY, PROBATION or SHUTDOWN. `review`: how a request for production access stands that was made
    before. `daily_quota`: mail that SES lets out in 24 hours, -1 for any; `sent_last_day`: how much it says went out.
    `operator`: the IAM policies (JSON) of whoever works in the sandbox, who may do anything when None.
    `smtp_faults`: what is wrong with the SMTP endpoint; `dns_faults`: with domain names and their servers;
    `faults`: what else it shows from the start, as `/_sandbox/faults` takes it.
    """

    throttle: Mapping[str, Limit] = field(default_factory=dict)
    undelegated: bool = False
    production: bool = True
    verification_delay: float = 2.0
    give_up_after: float = 72 * 3600.0
    signing_hosted_zone: str | None = None
    region: str = "us-east-1"
    host: str = "127.0.0.1"
    aws_port: int = 0
    dns_port: int = 0
    smtp_port: int = 0
    smtps_port: int = 0
    hosted_zone_limit: int | None = None
    enforcement: str = "HEALTHY"
    review: str | None = None
    daily_quota: float | None = None
    sent_last_day: float = 0.0
    operator: tuple[str, ...] | None = None
    smtp_faults: EndpointFaults = field(default_factory=EndpointFaults)
    dns_faults: tuple[DnsFault, ...] = ()
    faults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dns(self) -> DnsFaults:
        """How DNS is when the sandbox starts."""
        return DnsFaults(self.dns_faults, self.undelegated)
