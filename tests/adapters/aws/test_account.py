"""Who the credentials belong to."""

from collections.abc import Callable

from botocore.stub import Stubber

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.session import AwsSession

Stub = Callable[..., Stubber]


def test_the_caller_is_named_by_account_and_arn(emulated: AwsSession) -> None:
    caller = AwsAccount(emulated).caller()
    assert caller.account == "123456789012"
    assert caller.arn.startswith("arn:aws:sts::123456789012:")


def test_the_caller_is_asked_once_in_a_run(session: AwsSession, stub: Stub) -> None:
    stub("sts", None, 3).add_response("get_caller_identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/a"})
    account = AwsAccount(session)
    account.check()
    assert account.caller() is account.caller()
