"""The operations of SES v2 on configuration sets and their event destinations."""

import re

from moto.core.responses import ActionResult, EmptyResult

from provisioner.sandbox.ses import describe
from provisioner.sandbox.ses.destinations import validate
from provisioner.sandbox.ses.errors import already_exists, bad_request, not_found
from provisioner.sandbox.ses.model import ConfigurationSet, Json
from provisioner.sandbox.ses.operations import SesOperations

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
ALWAYS_ANSWERED: Json = {
    "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
    "ReputationOptions": {"ReputationMetricsEnabled": False},
    "SendingOptions": {"SendingEnabled": True},
}
ONLY_WHEN_SET = ("TrackingOptions", "SuppressionOptions", "VdmOptions", "ArchivingOptions")


class ConfigurationSetOperations(SesOperations):
    """Create, read, change, list and delete configuration sets."""

    def create_configuration_set(self) -> ActionResult:
        """Create a set with the options that were given."""
        name = _valid(self.params["ConfigurationSetName"], "configuration set")
        if name in self.store.configuration_sets:
            raise already_exists(f"Configuration set <{name}>")
        options = {key: self.params[key] for key in (*ALWAYS_ANSWERED, *ONLY_WHEN_SET) if self.params.get(key)}
        self.store.configuration_sets[name] = ConfigurationSet(name, options)
        self.tag("configuration-set", name)
        return EmptyResult()

    def get_configuration_set(self) -> ActionResult:
        """Describe a set: three options always, the others once they were set."""
        found = self._set()
        options = {key: {**value, **found.options.get(key, {})} for key, value in ALWAYS_ANSWERED.items()}
        name = found.configuration_set_name
        answer = {"ConfigurationSetName": name, "Tags": describe.tags(self.store, "configuration-set", name)}
        return ActionResult({**found.options, **options, **answer})

    def delete_configuration_set(self) -> ActionResult:
        """Delete a set; identities that have it as their default keep its name, as in SES."""
        name = self._set().configuration_set_name
        del self.store.configuration_sets[name]
        self.untag("configuration-set", name)
        return EmptyResult()

    def list_configuration_sets(self) -> ActionResult:
        """List sets by name, a page at a time."""
        page, token = self.page(sorted(self.store.configuration_sets), 100)
        return ActionResult({"ConfigurationSets": page, "NextToken": token})

    def put_configuration_set_sending_options(self) -> ActionResult:
        """Let the set send, or pause it."""
        return self._put("SendingOptions")

    def put_configuration_set_reputation_options(self) -> ActionResult:
        """Switch reputation metrics."""
        return self._put("ReputationOptions")

    def put_configuration_set_delivery_options(self) -> ActionResult:
        """Set the TLS policy and the pool."""
        return self._put("DeliveryOptions")

    def put_configuration_set_suppression_options(self) -> ActionResult:
        """Set the reasons that suppress."""
        return self._put("SuppressionOptions")

    def put_configuration_set_tracking_options(self) -> ActionResult:
        """Set the domain of tracked links."""
        return self._put("TrackingOptions")

    def put_configuration_set_archiving_options(self) -> ActionResult:
        """Set the archive."""
        return self._put("ArchivingOptions")

    def put_configuration_set_vdm_options(self) -> ActionResult:
        """Set the Virtual Deliverability Manager's options, which come one level deeper than the others."""
        self._set().options["VdmOptions"] = self.params.get("VdmOptions", {})
        return EmptyResult()

    def create_configuration_set_event_destination(self) -> ActionResult:
        """Add an event destination."""
        destinations, name = self._set().event_destinations, self.params["EventDestinationName"]
        if name in destinations:
            raise already_exists(f"Event destination <{name}>")
        definition = self._destination()
        validate(definition, self.params["ConfigurationSetName"], self.region)
        destinations[_valid(name, "event destination")] = definition
        return EmptyResult()

    def get_configuration_set_event_destinations(self) -> ActionResult:
        """Describe all event destinations of a set."""
        destinations = self._set().event_destinations
        return ActionResult({"EventDestinations": [{"Name": name, **rest} for name, rest in destinations.items()]})

    def update_configuration_set_event_destination(self) -> ActionResult:
        """Replace an event destination's definition."""
        destinations, name = self._existing_destinations(), self.params["EventDestinationName"]
        definition = self._destination()
        if definition.get("SnsDestination") != destinations[name].get("SnsDestination"):
            validate(definition, self.params["ConfigurationSetName"], self.region)
        destinations[name] = definition
        return EmptyResult()

    def delete_configuration_set_event_destination(self) -> ActionResult:
        """Remove an event destination."""
        del self._existing_destinations()[self.params["EventDestinationName"]]
        return EmptyResult()

    def _set(self) -> ConfigurationSet:
        return self.configuration_set(self.params["ConfigurationSetName"])

    def _put(self, option: str) -> ActionResult:
        found = self._set()
        value = {key: value for key, value in self.params.items() if key != "ConfigurationSetName"}
        found.options.pop(option, None)
        if value:  # a request without a value takes the option back to its default
            found.options[option] = value
        return EmptyResult()

    def _destination(self) -> Json:
        definition: Json = self.params["EventDestination"]
        targets = [key for key in definition if key.endswith("Destination")]
        if len(targets) != 1:
            raise bad_request("An event destination must have exactly one destination.")
        if not definition.get("MatchingEventTypes"):
            raise bad_request("Event types must not be empty.")
        return {"Enabled": False, **definition}

    def _existing_destinations(self) -> dict[str, Json]:
        found, name = self._set(), self.params["EventDestinationName"]
        if name not in found.event_destinations:
            raise not_found(f"Event destination <{name}>")
        return found.event_destinations


def _valid(name: str, what: str) -> str:
    if NAME.fullmatch(name) is None:
        raise bad_request(
            f"Invalid {what} name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed."
        )
    return name
