"""The only door to the Terraform binary: one subclass of python-terraform that owns argv, environment and files.

Of python-terraform 0.10.1 the argv builder is kept. What runs the process is replaced, and so are its habits
of turning every attribute into a subcommand and of reading the state file into memory after each command.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from python_terraform import Terraform as PythonTerraform

from provisioner.adapters.terraform.command_line import CommandLine
from provisioner.adapters.terraform.process import Child, Ended, Limits, Reader, run_captured, run_logged
from provisioner.errors import Interrupted, ProvisionerError

_OURS = "TF_"
_OWN_ENVIRONMENT = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}


class Cli(PythonTerraform):  # type: ignore[misc]  # python-terraform has no type hints
    """Terraform in one root directory."""

    def __init__(self, binary: str, root: Path, environment: Mapping[str, str]) -> None:
        super().__init__(working_dir=str(root), terraform_bin_path=binary)
        self._root = root
        self._environment = environment

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse: the base class would run `terraform NAME`."""
        raise AttributeError(name)

    def read_state_file(self, file_path: str | None = None) -> None:
        """Never load the state into this process."""
        del file_path
        self.tfstate = None

    def argv(self, line: CommandLine) -> list[str]:
        """Return what is run for a command line."""
        argv: list[str] = self.generate_cmd_string(line.command, *line.arguments, **line.options)
        return argv

    def cmd(self, line: CommandLine, limits: Limits) -> tuple[int, str, str]:
        """Run a command that prints one document and return (exit code, stdout, stderr)."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            ended = run_captured(self._child(line), out, err, limits)
            _raise_if_cut_short(line.command, ended)
            return ended.returncode, _text(out), _text(err)

    def stream(self, line: CommandLine, log: Path, reader: Reader, limits: Limits) -> int:
        """Run a `-json` command into `log`, hand on each line of its output, and return the exit code.

        Raises `Interrupted`, or `ProvisionerError` (`terraform_timeout`), after Terraform has ended.
        """
        ended = run_logged(self._child(line), log, reader, limits)
        _raise_if_cut_short(line.command, ended)
        return ended.returncode

    def _child(self, line: CommandLine) -> Child:
        return Child(self.argv(line), self._root, self._environment)


def environment_for_terraform(given: Mapping[str, str], config_file: Path) -> dict[str, str]:
    """Return the environment of a run: `given` without any `TF_*`, ours instead, and the region under both its names.

    `TF_CLI_ARGS`, `TF_REATTACH_PROVIDERS`, `TF_WORKSPACE`, `TF_DATA_DIR`, `TF_LOG` or the configuration file of some
    other project would each change what is planned, or break it.
    """
    kept = {name: value for name, value in given.items() if not name.startswith(_OURS)}
    region = given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION")
    regions = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
    return kept | regions | _OWN_ENVIRONMENT | {"TF_CLI_CONFIG_FILE": str(config_file)}


def _raise_if_cut_short(cmd: str, ended: Ended) -> None:
    hint = "what was made is kept; the same command completes it" if cmd == "apply" else "run the same command again"
    if ended.interrupted:
        message = f"terraform {cmd} was interrupted and ended with exit code {ended.returncode}"
        raise Interrupted("interrupted", message, hint)
    if ended.timed_out:
        raise ProvisionerError("terraform_timeout", f"terraform {cmd} took too long and was stopped", hint)


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))
