"""The account's suppression list as it works when mail is sent.

Source: SES developer guide, "Using the account-level suppression list" and "Overriding your account-level suppression
list with configuration set-level suppression": a set chooses reasons of its own, none included; it has no list.
"""

from datetime import UTC, datetime

from provisioner.sandbox.ses.store import SesStore, store


def reasons_in_effect(configuration_set: str | None, region: str) -> frozenset[str]:
    """Return for which reasons addresses are suppressed, and put on the list, when mail goes through a set."""
    backend = store(region)
    chosen = backend.configuration_sets.get(configuration_set or "")
    options = chosen.options.get("SuppressionOptions", {}) if chosen else {}
    own = options.get("SuppressedReasons")
    return frozenset(backend.account.suppressed_reasons if own is None else own)


def suppression(address: str, configuration_set: str | None, region: str) -> str | None:
    """Return the reason, BOUNCE or COMPLAINT, for which nothing is sent to an address; None when it may be.

    The list keeps addresses as they were written and is asked without case.
    """
    listed = {entry["EmailAddress"].lower(): entry["Reason"] for entry in list(_listed(store(region)))}
    reason: str | None = listed.get(address.lower())
    return reason if reason in reasons_in_effect(configuration_set, region) else None


def suppress(address: str, reason: str, configuration_set: str | None, region: str, **ids: str) -> None:
    """Put an address on the list if the reason is one in effect; `ids` are MessageId and FeedbackId."""
    if reason in reasons_in_effect(configuration_set, region):
        entry = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": datetime.now(UTC), "Attributes": ids}
        store(region).account.suppressed[address] = entry


def _listed(backend: SesStore) -> list[dict[str, str]]:
    return list(backend.account.suppressed.values())
