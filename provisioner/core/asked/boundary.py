"""The permissions boundary of a domain's SMTP users, for organizations that let nobody make a user without one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from provisioner.core.asked.options import LONGEST_TAG_VALUE, tag_text
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

_NONE = "none"
_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy/(?:[!-~]+/)?[\w+=,.@-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Boundary:
    """The ARN of a managed policy, None for no boundary; as text, `none`."""

    arn: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an ARN, or `none`; raises `InputError("invalid_permissions_boundary")`."""
        if text.strip().lower() == _NONE:
            return cls()
        arn = text.strip()
        if not _ARN.fullmatch(arn):
            message = f"{quoted(text)} is not the ARN of a managed policy"
            hint = "Give one such as arn:aws:iam::123456789012:policy/boundary, or none to take the boundary away."
            raise InputError("invalid_permissions_boundary", message, hint)
        if len(tag_text(arn)) > LONGEST_TAG_VALUE:
            message = f"the ARN {quoted(arn)} is too long for an AWS tag"
            raise InputError("invalid_permissions_boundary", message, "Give a policy with a shorter name or path.")
        return cls(arn)

    def __str__(self) -> str:
        return self.arn or _NONE


NO_BOUNDARY = Boundary()
