"""The AWS regions, by what Amazon SES offers in them.

Source: AWS General Reference, "Amazon Simple Email Service endpoints and quotas" (API, SMTP and DKIM tables).
"""

import difflib
from dataclasses import dataclass
from typing import Self

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

WITH_SMTP = frozenset({
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
    "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
})  # fmt: skip  # a table, not a column
WITHOUT_SMTP = frozenset({
    "af-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1", "eu-central-2", "eu-south-1",
    "il-central-1", "me-central-1", "me-south-1",
})  # fmt: skip  # a table, not a column
WITHOUT_SES = frozenset({
    "ap-east-1", "ap-east-2", "ap-southeast-4", "ap-southeast-6", "ap-southeast-7", "cn-north-1", "cn-northwest-1",
    "eu-isoe-west-1", "eu-south-2", "eusc-de-east-1", "mx-central-1", "us-iso-east-1", "us-iso-west-1",
    "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1",
})  # fmt: skip  # a table, not a column
REGIONAL_DKIM = WITHOUT_SMTP | {"ap-northeast-3", "us-gov-east-1"}


@dataclass(frozen=True, order=True, slots=True)
class Region:
    """An AWS region that mail can be sent from by SMTP."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a region's name.

        Raises `InputError` with the code `unknown_region`, `region_without_ses` or `region_without_smtp`.
        """
        if text in WITH_SMTP:
            return cls(text)
        if text in WITHOUT_SMTP:
            raise InputError("region_without_smtp", f"Amazon SES has no SMTP endpoint in {text}", _nearby(text))
        if text in WITHOUT_SES:
            raise InputError("region_without_ses", f"Amazon SES is not offered in {text}", _nearby(text))
        raise InputError("unknown_region", f"{quoted(text)} is not an AWS region", _suggestion(text))

    def __str__(self) -> str:
        return self.name

    @property
    def smtp_host(self) -> str:
        """The SMTP endpoint: STARTTLS on 587 and 2587, TLS from the start on 465 and 2465."""
        return f"email-smtp.{self.name}.amazonaws.com"

    @property
    def feedback_host(self) -> str:
        """The mail exchanger of every custom MAIL FROM host (under amazonses.com, not amazonaws.com)."""
        return f"feedback-smtp.{self.name}.amazonses.com"

    @property
    def signing_hosted_zone(self) -> str:
        """The documented DKIM suffix; what SES reports for an identity goes before it."""
        return f"dkim.{self.name}.amazonses.com" if self.name in REGIONAL_DKIM else "dkim.amazonses.com"

    @property
    def partition(self) -> str:
        """The partition in ARNs of this region."""
        return "aws-us-gov" if self.name.startswith("us-gov-") else "aws"

    def others(self, likely: str | None) -> tuple[Self, ...]:
        """Return the other regions of its partition that mail can be sent from, the `likely` one first."""
        there = sorted(name for name in WITH_SMTP if name != self.name)
        regions = [type(self)(name) for name in sorted(there, key=lambda name: name != likely)]
        return tuple(region for region in regions if region.partition == self.partition)

    @property
    def has_public_zones(self) -> bool:
        """Whether the partition's Route 53 has public hosted zones."""
        return self.partition == "aws"


def _nearby(name: str) -> str:
    continent = name.partition("-")[0]
    near = [region for region in WITH_SMTP if region.startswith(f"{continent}-")]
    return f"Use one of: {', '.join(sorted(near or WITH_SMTP))}."


def _suggestion(text: str) -> str:
    near = difflib.get_close_matches(text.strip().lower(), sorted(WITH_SMTP), n=3)
    return f"Did you mean {' or '.join(near)}?" if near else f"Use one of: {', '.join(sorted(WITH_SMTP))}."
