"""The operations of SES v2 on tags."""

from collections.abc import Container

from moto.core.responses import ActionResult, EmptyResult

from provisioner.sandbox.ses.errors import bad_request, not_found
from provisioner.sandbox.ses.operations import SesOperations


class TagOperations(SesOperations):
    """Tags of identities and configuration sets, by AWS's ARNs; moto has ARNs of its own for identities."""

    def tag_resource(self) -> ActionResult:
        """Add tags, or change their values."""
        self.store.tag_resource(self._arn_of_tagged(), {tag["Key"]: tag["Value"] for tag in self.params["Tags"]})
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        """Remove tags by key."""
        self.store.untag_resource(self._arn_of_tagged(), list(self.params["TagKeys"]))
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """List tags."""
        return ActionResult({"Tags": self.store.list_tags_for_resource(self._arn_of_tagged())})

    def _arn_of_tagged(self) -> str:
        arn = str(self.params["ResourceArn"])
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if arn != self.store.arn(kind, name):
            raise bad_request(f"Invalid resource ARN <{arn}>.")
        if name not in self._names_of_kind(kind):
            raise not_found(f"Resource {arn}")
        return arn

    def _names_of_kind(self, kind: str) -> Container[str]:
        if kind == "identity":
            return self.store.identities
        return self.store.configuration_sets if kind == "configuration-set" else ()
