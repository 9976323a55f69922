"""Which regions moto has for a service: botocore's list, asked without the AWS profile of the shell.

moto would open a session of boto3 for it, which fails where `AWS_PROFILE` names a profile that is not there.
"""

from functools import cache

from botocore.session import Session
from moto.core.base_backend import AccountSpecificBackend

_NO_PROFILE = {"profile": (None, None, None, None)}  # neither in a file nor in the environment


@cache
def session() -> Session:
    """Return a session that knows what botocore knows, and nothing of the shell."""
    return Session(session_vars=_NO_PROFILE)


def register() -> None:
    """Let moto ask so from now on."""
    AccountSpecificBackend.get_session = staticmethod(session)  # type: ignore[assignment]  # moto: as a class method
