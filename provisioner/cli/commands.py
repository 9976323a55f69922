"""The table of commands: what `provisioner --help` shows, and where each command is loaded from when it is called.

Plain tuples and no imports: printing the help must cost little more than starting Python.
"""

COMMANDS = (
    (
        "Domains",
        (
            ("new-domain", "provisioner.cli.domains", "Put a domain on Amazon SES, or bring it to the desired state."),
            ("plan", "provisioner.cli.domains", "Say what new-domain would do; exit 3 when there are changes."),
            ("destroy-domain", "provisioner.cli.domains", "Take a domain off SES again, and only what is ours."),
            ("list", "provisioner.cli.domains", "List the domains of this home."),
            ("show", "provisioner.cli.domains", "Show what was asked for a domain and what it should be."),
            ("status", "provisioner.cli.domains", "Ask AWS and DNS how domains stand."),
        ),
    ),
    (
        "Many domains",
        (
            ("batch", "provisioner.cli.batch", "Provision many domains in one run: `provisioner batch MANIFEST`."),
            ("schema", "provisioner.cli.schema", "Print the JSON Schemas of batch manifests and reports."),
        ),
    ),
    (
        "Using them",
        (
            ("credentials", "provisioner.cli.credentials", "Show, export or derive SMTP credentials."),
            ("dns", "provisioner.cli.dns", "The records of a domain, as a table or as a zone file."),
            ("send-test", "provisioner.cli.domains", "Send one message through a domain's SMTP credentials."),
        ),
    ),
    (
        "Without an AWS account",
        (
            ("demo", "provisioner.cli.demo", "Tour the whole main job against the sandbox."),
            ("sandbox", "provisioner.cli.sandbox", "The embedded AWS, with DNS and SMTP, on loopback."),
        ),
    ),
    ("About", (("version", "provisioner.cli.domains", "Say which Terraform, provider and mirror would be used."),)),
)

_HEAD = """\
Usage: provisioner COMMAND [OPTIONS] [ARGS]...

Put a domain on Amazon SES with one command, and keep its mail flowing.
"""

_TAIL = """
Every command has --help with examples, and knows --json, --home, --region, --profile, --quiet and --verbose.

  provisioner new-domain example.com          provision a domain with the AWS credentials of the environment
  provisioner demo                            see it all without an AWS account
"""


def top_level_help() -> str:
    """Return the text of `provisioner --help`."""
    width = 2 + max(len(name) for _, commands in COMMANDS for name, _, _ in commands)
    lines = [_HEAD]
    for title, commands in COMMANDS:
        lines += [f"{title}:", *(f"  {name:<{width}}{text}" for name, _, text in commands), ""]
    return "\n".join(lines).rstrip("\n") + "\n" + _TAIL


def module_of(command: str) -> str | None:
    """Return the module that defines the command, None for a command that does not exist."""
    for _, commands in COMMANDS:
        for name, module, _ in commands:
            if name == command:
                return module
    return None
