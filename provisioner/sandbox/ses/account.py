"""The operations of SES v2 on the account: settings, production access, suppression list."""

from datetime import UTC, datetime

from moto.core.responses import ActionResult, EmptyResult

from provisioner.sandbox.ses.errors import bad_request, conflict, not_found
from provisioner.sandbox.ses.model import Json
from provisioner.sandbox.ses.operations import SesOperations
from provisioner.sandbox.ses.sending import send_quota
from provisioner.sandbox.ses.store import CASE


class AccountOperations(SesOperations):
    """Read and change the account, and its suppression list."""

    def get_account(self) -> ActionResult:
        """Describe the account."""
        account, quota = self.store.account, send_quota(self.region)
        return ActionResult(
            {
                "DedicatedIpAutoWarmupEnabled": False,
                "EnforcementStatus": account.enforcement,
                "ProductionAccessEnabled": account.production,
                "SendQuota": {
                    "Max24HourSend": quota.max_24_hour_send,
                    "MaxSendRate": quota.max_send_rate,
                    "SentLast24Hours": account.sent_last_day,
                },
                "SendingEnabled": account.sending_enabled,
                "SuppressionAttributes": {"SuppressedReasons": list(account.suppressed_reasons)},
                "Details": account.details or None,
            }
        )

    def put_account_details(self) -> ActionResult:
        """Ask for production access; nobody at AWS answers here, so the review stays pending."""
        account = self.store.account
        if account.details.get("ReviewDetails", {}).get("Status", "FAILED") != "FAILED":
            raise conflict("A request for production access is already being reviewed.")
        details = {key: value for key, value in self.params.items() if key != "ProductionAccessEnabled"}
        account.details = {**details, "ReviewDetails": {"Status": "PENDING", "CaseId": CASE}}
        return EmptyResult()

    def put_account_sending_attributes(self) -> ActionResult:
        """Pause the whole account, or let it send again."""
        self.store.account.switched_on = self.params.get("SendingEnabled", False)
        return EmptyResult()

    def put_account_suppression_attributes(self) -> ActionResult:
        """Choose what puts an address on the suppression list."""
        self.store.account.suppressed_reasons = tuple(self.params.get("SuppressedReasons", []))
        return EmptyResult()

    def put_suppressed_destination(self) -> ActionResult:
        """Add an address, or change the reason for which it is listed; not allowed before production access."""
        if not self.store.account.production:
            raise bad_request("This operation is not available while your account is in the sandbox.")
        address = self.params["EmailAddress"]
        entry = {"EmailAddress": address, "Reason": self.params["Reason"], "LastUpdateTime": datetime.now(UTC)}
        self.store.account.suppressed[address] = entry
        return EmptyResult()

    def get_suppressed_destination(self) -> ActionResult:
        """Describe an address on the list."""
        return ActionResult({"SuppressedDestination": self._listed_destination()})

    def delete_suppressed_destination(self) -> ActionResult:
        """Take an address off the list."""
        del self.store.account.suppressed[self._listed_destination()["EmailAddress"]]
        return EmptyResult()

    def list_suppressed_destinations(self) -> ActionResult:
        """List addresses, by reason and time if asked, a page at a time."""
        matching = {key: entry for key, entry in self.store.account.suppressed.items() if self._matches(entry)}
        page, token = self.page(sorted(matching), 100)
        return ActionResult({"SuppressedDestinationSummaries": [matching[key] for key in page], "NextToken": token})

    def _listed_destination(self) -> Json:
        address = self.params["EmailAddress"]
        entry = self.store.account.suppressed.get(address)  # in exactly this case, other than when mail is sent
        if entry is None:
            raise not_found(f"Email address {address} in your suppression list")
        return entry

    def _matches(self, entry: Json) -> bool:
        reasons, start, end = (self.params.get(name) for name in ("Reasons", "StartDate", "EndDate"))
        updated = entry["LastUpdateTime"]
        by_time = (not start or updated >= _utc(start)) and (not end or updated <= _utc(end))
        return by_time and (not reasons or entry["Reason"] in reasons)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # moto parses timestamps without their zone
