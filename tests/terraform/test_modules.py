"""The modules: formatted, valid, their own tests, and the example of each README."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from provisioner.adapters.assets import find_assets
from provisioner.adapters.terraform import mirror
from provisioner.adapters.terraform.warm.pool import WarmProvider

MODULES = sorted(path.name for path in find_assets().modules.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def terraform(
    shared_with: Callable[..., WarmProvider], environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., str]]:
    """Run Terraform as the product does, and return its output; all share one provider, also the runs of a test."""
    home = tmp_path_factory.mktemp("home")
    (home / "tfrc").write_text(mirror.cli_config(mirror.find(None, Path(environment["HOME"])), home))
    program = shutil.which("terraform", path=os.environ["PATH"])
    with shared_with().run() as lease:
        own = {**environment, "TF_CLI_CONFIG_FILE": str(home / "tfrc"), "CHECKPOINT_DISABLE": "1", **lease.environment}

        def run(folder: Path, *arguments: str) -> str:
            command = [str(program), f"-chdir={folder}", *arguments]
            done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        yield run


def test_every_module_is_formatted(terraform: Callable[..., str]) -> None:
    assert terraform(find_assets().modules, "fmt", "-check", "-recursive", "-diff") == ""


@pytest.mark.parametrize("name", MODULES)
def test_a_module_passes_its_own_tests(
    terraform: Callable[..., str], module_copy: Callable[[str], Path], name: str
) -> None:
    folder = module_copy(name)
    terraform(folder, "init", "-no-color")
    assert "Success!" in terraform(folder, "test", "-no-color")


@pytest.mark.parametrize("name", MODULES)
def test_the_example_of_the_readme_is_valid(terraform: Callable[..., str], tmp_path: Path, name: str) -> None:
    readme = (find_assets().modules / name / "README.md").read_text()
    example = "\n".join(re.findall(r"```hcl\n(.*?)```", readme, re.DOTALL))
    (tmp_path / "main.tf").write_text(example.replace('"./', f'"{find_assets().modules}/'))
    terraform(tmp_path, "init", "-no-color")
    assert "The configuration is valid" in terraform(tmp_path, "validate", "-no-color")


@pytest.mark.parametrize("name", MODULES)
def test_no_module_holds_a_secret(name: str) -> None:
    text = "\n".join(path.read_text() for path in (find_assets().modules / name).glob("*.tf"))
    assert "aws_iam_access_key" not in text
    assert not re.search(r'^\s*data\s+"', text, re.MULTILINE)


def test_every_message_of_a_validation_shows_a_right_value() -> None:
    texts = [path.read_text() for path in find_assets().modules.glob("*/variables.tf")]
    messages = [message for text in texts for message in re.findall(r"error_message\s+= (.*)", text)]
    assert len(messages) > 10
    assert [message for message in messages if "for example" not in message] == []
