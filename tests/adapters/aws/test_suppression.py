"""The suppression list: page by page, and in exactly the case that SES keeps."""

from collections.abc import Callable
from datetime import UTC, datetime

from botocore.stub import Stubber

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.suppression import SesSuppressionList
from provisioner.core.account.suppression import Reason
from provisioner.core.values.region import Region

VIRGINIA = Region.parse("us-east-1")
AT = datetime(2026, 11, 1, tzinfo=UTC)


def test_an_entry_is_put_read_changed_and_deleted(emulated: AwsSession) -> None:
    kept = SesSuppressionList(emulated)
    kept.put("Ada@example.net", Reason.BOUNCE, VIRGINIA)
    kept.put("Ada@example.net", Reason.COMPLAINT, VIRGINIA)
    entry = kept.entry("Ada@example.net", VIRGINIA)
    assert entry is not None
    assert (entry.address, entry.reason, entry.updated.tzinfo) == ("Ada@example.net", Reason.COMPLAINT, UTC)
    assert kept.entry("ada@example.net", VIRGINIA) is None
    kept.delete("ada@example.net", VIRGINIA)  # another one, which does not matter
    assert [one.address for one in kept.listed(VIRGINIA, None, None)] == ["Ada@example.net"]
    kept.delete("Ada@example.net", VIRGINIA)
    assert list(kept.listed(VIRGINIA, None, None)) == []


def test_it_is_listed_by_reason_and_time(emulated: AwsSession) -> None:
    kept = SesSuppressionList(emulated)
    kept.put("a@example.net", Reason.BOUNCE, VIRGINIA)
    kept.put("b@example.net", Reason.COMPLAINT, VIRGINIA)
    assert [one.address for one in kept.listed(VIRGINIA, Reason.COMPLAINT, AT)] == ["b@example.net"]
    assert list(kept.listed(VIRGINIA, None, datetime(2099, 1, 1, tzinfo=UTC))) == []


def test_pages_follow_each_other(session: AwsSession, stub: Callable[..., Stubber]) -> None:
    def page(address: str, token: str | None) -> dict[str, object]:
        summary = {"EmailAddress": address, "Reason": "BOUNCE", "LastUpdateTime": AT}
        return {"SuppressedDestinationSummaries": [summary]} | ({"NextToken": token} if token else {})

    asked = {"PageSize": 1000, "Reasons": ["BOUNCE"], "StartDate": AT}
    stubbed = stub("sesv2", "us-east-1")
    stubbed.add_response("list_suppressed_destinations", page("a@example.net", "more"), asked)
    stubbed.add_response("list_suppressed_destinations", page("b@example.net", None), asked | {"NextToken": "more"})
    found = SesSuppressionList(session).listed(VIRGINIA, Reason.BOUNCE, AT)
    assert [one.address for one in found] == ["a@example.net", "b@example.net"]
