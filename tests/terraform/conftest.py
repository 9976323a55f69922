"""The real Terraform, and a root as the product renders it."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from provisioner.adapters.assets import find_assets
from provisioner.adapters.templates import Backend, RootTemplates
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName

Render = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this needs Terraform and its AWS provider."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The caller's environment, without any AWS account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


@pytest.fixture
def runner_in(tmp_path: Path, environment: Mapping[str, str]) -> Callable[..., TerraformRunner]:
    """Return a runner whose environment has a few variables more, with a provider of its own or a shared one."""

    def make(shared: WarmProvider | None = None, **more: str) -> TerraformRunner:
        return TerraformRunner(TerraformSettings({**environment, **more}, tmp_path), shared, Sharing.ALWAYS)

    return make


@pytest.fixture(scope="module")
def shared_with(
    environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., WarmProvider]]:
    """Return one AWS provider for all Terraforms of a module, whose environment has a few variables more."""
    with ExitStack() as stack:

        @cache
        def shared(**more: str) -> WarmProvider:
            settings = TerraformSettings({**environment, **more}, tmp_path_factory.mktemp("shared"))
            return stack.enter_context(WarmProvider(settings, schema_types_in(find_assets().modules)))

        yield shared


@pytest.fixture
def spec() -> Callable[..., MailDomain]:
    """Return a mail domain."""

    def make(name: str = "example.com", mode: ResolvedMode = ResolvedMode.CREATED, **options: str) -> MailDomain:
        zone = ResolvedZone(mode, name, "Z0123456789ABCDEFGHIJ" if mode is ResolvedMode.ADOPTED else None)
        decisions = Decisions(zone, dmarc_inherited=False)
        made = spec_of(DomainName.parse(name), Request.parse("us-east-1", **options), decisions, None)
        return replace(made, account="123456789012")

    return make


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render a domain's root into its directory under the home."""

    def write(spec: MailDomain, backend: Backend | None = None) -> Path:
        root = tmp_path / "domains" / spec.domain.ascii
        root.mkdir(parents=True, exist_ok=True)
        assets = find_assets()
        for name, text in RootTemplates(assets.templates, assets.modules, backend or Backend()).root(spec).items():
            (root / name).write_text(text)
        return root

    return write


@pytest.fixture
def module_copy(tmp_path: Path) -> Callable[[str], Path]:
    """Return a copy of a module, so that `init` leaves nothing in the tree."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(find_assets().modules / name, tmp_path / name))

    return copy
