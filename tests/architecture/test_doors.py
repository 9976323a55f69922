"""Each outside thing has one door, and results leave by one too."""

import ast
from functools import cache
from pathlib import Path

import grimp
import pytest
from sources import nodes, sources

DOORS = {
    "boto3": ("provisioner.adapters.aws.session", "provisioner.lambdas.clients"),
    "botocore": ("provisioner.adapters.aws", "provisioner.lambdas.clients", "provisioner.sandbox"),
    "dns": ("provisioner.adapters.dns",),
    "dnslib": ("provisioner.sandbox",),
    "aiosmtpd": ("provisioner.sandbox",),
    "moto": ("provisioner.sandbox",),
    "docker": ("provisioner.adapters.engine",),
    "jinja2": ("provisioner.adapters.templates", "provisioner.adapters.disk.pages"),
    "python_terraform": ("provisioner.adapters.terraform",),
    "smtplib": ("provisioner.adapters.smtp",),
    "tempfile": ("provisioner.adapters", "provisioner.cli.sandbox", "provisioner.sandbox"),
    "subprocess": (
        "provisioner.adapters.engine",
        "provisioner.adapters.terraform",
        "provisioner.cli.demo",
        "provisioner.cli.sandbox",
        "provisioner.sandbox.lambdas",
    ),
    "typer": ("provisioner.cli",),
}
PRINTERS = {"provisioner/__main__.py", "provisioner/cli/frame/output.py", "provisioner/lambdas/log.py"}
RUNNERS = ("system", "popen", "execv", "execve", "execvp", "execvpe", "spawnv", "spawnvp", "posix_spawn", "fork")


def is_behind(module: str, door: str) -> bool:
    return module == door or module.startswith(f"{door}.")


@cache
def calls(root: Path) -> tuple[tuple[str, str], ...]:
    """Return every call in the program as (file, dotted name of what is called)."""
    return tuple(
        (path.relative_to(root).as_posix(), ast.unparse(node.func))
        for path in sources("provisioner")
        for node in nodes(path)
        if isinstance(node, ast.Call)
    )


@pytest.mark.parametrize("library", DOORS)
def test_a_library_is_used_behind_its_door_only(imports: grimp.ImportGraph, library: str) -> None:
    if library not in imports.modules:
        pytest.skip(f"nothing imports {library} yet")
    users = imports.find_modules_that_directly_import(library)
    assert users
    stray = {user for user in users if not any(is_behind(user, door) for door in DOORS[library])}
    assert stray == set(), f"{library} is for {', '.join(DOORS[library])}"


def test_results_are_printed_in_one_place(root: Path) -> None:
    written = {"sys.stdout.write", "sys.stdout.writelines", "sys.stdout.buffer.write", "print", "typer.echo",
               "typer.secho", "rich.print"}  # fmt: skip  # the ways to stdout
    printers = {path for path, called in calls(root) if called in written}
    assert printers == PRINTERS


def test_programs_are_started_through_subprocess_only(root: Path) -> None:
    names = {f"os.{name}" for name in RUNNERS}
    assert {(path, called) for path, called in calls(root) if called in names} == set()


def test_no_shell_is_ever_started() -> None:
    for path in sources("provisioner"):
        for node in nodes(path):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                assert isinstance(node.value, ast.Constant), path
                assert node.value.value is False, path


def test_only_its_own_command_names_the_sandbox(root: Path) -> None:
    naming = {
        path.relative_to(root).as_posix()
        for path in (root / "provisioner").rglob("*.py")
        if "provisioner.sandbox" in path.read_text() and "sandbox" not in path.relative_to(root).parts
    }
    assert naming <= {"provisioner/cli/sandbox.py", "provisioner/cli/frame/commands.py", "provisioner/cli/container.py"}
    assert "provisioner/cli/sandbox.py" in naming


def test_the_environment_is_read_at_the_edge_only(root: Path) -> None:
    readers = {
        path.relative_to(root).as_posix()
        for path in (root / "provisioner").rglob("*.py")
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    edges = ("provisioner/cli/", "provisioner/lambdas/")
    assert {path for path in readers if not path.startswith(edges)} == set()


def test_secrets_are_revealed_where_they_are_handed_over_only(root: Path) -> None:
    revealing = {path for path, called in calls(root) if called.endswith(".reveal")}
    assert revealing <= {
        "provisioner/adapters/smtp/connection.py",
        "provisioner/cli/credentials/derive.py",
        "provisioner/cli/credentials/text.py",
        "provisioner/cli/mail_domain/text.py",
        "provisioner/core/credentials/credential.py",
        "provisioner/core/credentials/forms/dotenv_url.py",
        "provisioner/core/credentials/forms/gmail.py",
        "provisioner/core/credentials/forms/plain.py",
        "provisioner/core/credentials/forms/postfix.py",
        "provisioner/core/credentials/forms/wordpress.py",
        "provisioner/core/credentials/login_kind.py",
        "provisioner/core/credentials/rotation_report.py",
        "provisioner/core/mail_domain/report.py",
        "provisioner/sandbox/smtp/handler.py",
    }
