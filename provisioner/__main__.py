"""The program: `provisioner`, `python -m provisioner`, and the image's entry point."""

import sys


def main() -> None:
    """Run one command line and exit with its code."""
    arguments = sys.argv[1:]
    if not arguments or arguments in (["--help"], ["-h"], ["help"]):
        from provisioner.cli.commands import top_level_help  # noqa: PLC0415 - nothing else is loaded for the help

        sys.stdout.write(top_level_help())
        sys.exit(0 if arguments else 2)
    from provisioner.cli.app import run  # noqa: PLC0415 - Typer costs five times what starting Python costs

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
