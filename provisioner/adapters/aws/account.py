"""The AWS account that is worked in, asked through STS."""

from __future__ import annotations

from functools import cache

from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.core.account.caller import Caller

_GATE_ATTEMPTS = 3  # the first call of a run fails soon when there is no network


class AwsAccount:
    """STS; see `ports.aws.Account`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self.caller = cache(self._caller)

    def check(self) -> None:
        """Raise unless AWS knows us."""
        self.caller()

    def _caller(self) -> Caller:
        with in_our_words("sts:GetCallerIdentity"):
            answer = self._session.client("sts", None, _GATE_ATTEMPTS).get_caller_identity()
        return Caller(account=answer["Account"], arn=answer["Arn"])
