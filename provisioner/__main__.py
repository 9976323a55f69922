"""The program: `provisioner`, `python -m provisioner`, and the image's entry point."""

import os
import resource
import sys


def main() -> None:
    """Run one command line and exit with its code."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))  # a core would hold passwords; Terraform inherits it
    try:
        sys.exit(_run(sys.argv[1:]))
    except BrokenPipeError:  # `provisioner --help | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)  # what a shell shows for SIGPIPE
    except KeyboardInterrupt:  # while modules are still being loaded
        sys.exit(130)


def _run(arguments: list[str]) -> int:
    if not arguments or arguments in (["--help"], ["-h"], ["help"]):
        from provisioner.cli.frame.commands import top_level_help  # noqa: PLC0415 - nothing else is loaded for the help

        sys.stdout.write(top_level_help())
        sys.stdout.flush()
        return 0 if arguments else 2
    from provisioner.cli.frame.app import run  # noqa: PLC0415 - Typer costs five times what starting Python costs

    return run(_as_commands(arguments))


def _as_commands(arguments: list[str]) -> list[str]:
    """Return what people type out of habit in the words of this program."""
    first, *others = arguments
    if first in ("--version", "-V"):
        return ["version", *others]
    return [*others, "--help"] if first == "help" else arguments


if __name__ == "__main__":
    main()
