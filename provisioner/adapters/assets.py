"""Where the Terraform modules and the templates are: in an installed wheel, else in the repository."""

from dataclasses import dataclass
from pathlib import Path

import provisioner
from provisioner.errors import ProvisionerError


@dataclass(frozen=True, slots=True)
class Assets:
    """The two directories, absolute."""

    modules: Path
    templates: Path


def find_assets(package: Path = Path(provisioner.__file__).parent) -> Assets:
    """Return the assets of this installation; raises `ProvisionerError` (`installation_broken`) when there are none."""
    for base in (package / "assets", package.parent):
        found = Assets((base / "terraform" / "modules").resolve(), (base / "templates").resolve())
        if found.modules.is_dir() and found.templates.is_dir():
            return found
    raise ProvisionerError(
        "installation_broken",
        f"{package} has neither assets/ in it nor terraform/ and templates/ beside it",
        "install the package again",
    )
