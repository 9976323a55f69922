"""What all groups of SES v2 operations share: the store of the caller's region, pages, tags."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from moto.core.responses import BaseResponse

from provisioner.sandbox.ses.errors import bad_request, not_found
from provisioner.sandbox.ses.model import ConfigurationSet
from provisioner.sandbox.ses.store import SesStore, store


class SesOperations(BaseResponse):
    """Requests arrive parsed, and answers leave serialised, by the service's model: wrong shapes cannot get out."""

    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True
        self.params: dict[str, Any] = {}

    @property
    def store(self) -> SesStore:
        """Return SES of the request's region."""
        return store(self.region)

    def configuration_set(self, name: str) -> ConfigurationSet:
        """Return a configuration set, or answer 404."""
        found = self.store.configuration_sets.get(name)
        if found is None:
            raise not_found(f"Configuration set <{name}>")
        return found

    def tag(self, kind: str, name: str) -> None:
        """Put the tags that a create request carries on what it created."""
        self.store.tag_resource(
            self.store.arn(kind, name), {tag["Key"]: tag["Value"] for tag in self.params.get("Tags", [])}
        )

    def untag(self, kind: str, name: str) -> None:
        """Forget the tags of what was deleted: the next thing of this name starts without."""
        self.store.core_backend.tagger.delete_all_tags_for_resource(self.store.arn(kind, name))

    def page(self, names: Sequence[str], default_size: int) -> tuple[Sequence[str], str | None]:
        """Return the page that was asked for and the token of the next one; tokens survive changes of the list."""
        token, size = self.params.get("NextToken"), int(self.params.get("PageSize") or default_size)
        after = _decode(token) if token else ""
        rest = [name for name in names if name > after]
        more = len(rest) > size
        return rest[:size], base64.urlsafe_b64encode(rest[size - 1].encode()).decode() if more else None


def _decode(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise bad_request("The specified NextToken is not valid.") from error
