"""What deploying and destroying the audit pipeline needs of the world."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from provisioner.core.terraform.hops import Hops
from provisioner.core.terraform.pipeline import Functions, Part, Pipeline
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.ports.terraform import Terraform


class PipelineWorkspace(Protocol):
    """The directory of the pipeline of an account and region, held by one process at a time."""

    def recall(self) -> Mapping[str, Any]:
        """Return what was asked of it; empty when nothing was."""

    def remember(self, document: Mapping[str, Any]) -> None:
        """Keep what was asked."""

    def forget(self) -> None:
        """Keep nothing of what was asked."""

    def write_root(self, part: Part, files: Mapping[str, str], functions: bytes) -> Path:
        """Write the files that differ from what is there, the zip of the functions too, and return the directory."""


class PipelineWorkspaces(Protocol):
    """The pipelines of a home."""

    def open(self, account: str, region: Region) -> AbstractContextManager[PipelineWorkspace]:
        """Hold the directory until the block ends; raises `ProvisionerError("domain_busy")` while another run does."""


class PipelineTemplates(Protocol):
    """The thin roots of the pipeline."""

    def pipeline(self, pipeline: Pipeline, part: Part, functions: Functions) -> Mapping[str, str]:
        """Return file name -> text of the root of a part."""


class Look(Protocol):
    """Looks at what AWS has of a pipeline."""

    def __call__(self, pipeline: Pipeline) -> Hops:
        """Return it, whether or not all of it is there."""


@dataclass(frozen=True, slots=True)
class PipelineEdges:
    """The world of `audit deploy` and `audit destroy`; `functions` builds the zip, `domains` is the home's."""

    domains: Edges
    functions: Callable[[], Functions]
    progress: Progress
    templates: PipelineTemplates
    terraform: Terraform
    workspaces: PipelineWorkspaces
