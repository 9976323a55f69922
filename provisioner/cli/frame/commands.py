"""The table of commands: what `provisioner --help` shows, and where each command is loaded from when it is called.

Plain tuples and no imports: printing the help must cost little more than starting Python.
"""

_COMMANDS_ARE_IN = "provisioner.cli"

COMMANDS = (
    (
        "Domains",
        (
            ("new-domain", "mail_domain.new_domain", "Put a domain on Amazon SES, or bring it to the desired state."),
            ("plan", "mail_domain.new_domain", "Say what new-domain would do; exit 3 when there are changes."),
            ("destroy-domain", "mail_domain.destroy", "Take domains off SES again, and only what is ours."),
            ("list", "mail_domain.look", "List the domains of this home."),
            ("show", "mail_domain.look", "Show what was asked for a domain and what it should be."),
            ("status", "mail_domain.look", "Ask AWS and DNS how domains stand."),
            ("pause", "mail_domain.pause", "Stop a domain, or one of its senders, from sending."),
            ("resume", "mail_domain.pause", "Let a domain, or one of its senders, send again."),
            ("sender", "mail_domain.senders", "List, add, remove, pause and resume the senders of a domain."),
            ("drift", "drift", "Say what differs from what it should be; exit 3 on drift."),
        ),
    ),
    (
        "Many domains",
        (
            ("batch", "batch.commands", "Provision many domains in one run: `provisioner batch MANIFEST`."),
            ("schema", "schema", "Print the JSON Schemas of batch manifests and reports."),
        ),
    ),
    (
        "Using them",
        (
            ("credentials", "credentials.commands", "Show, export, verify, rotate, move or derive SMTP credentials."),
            ("dns", "dns", "The records of a domain: as a table, as a zone file, and whether they exist."),
            ("dmarc", "dmarc", "Show, set, tidy and advance the DMARC policy of a domain."),
            ("send-test", "send_test", "Send one message through a domain's SMTP credentials."),
            ("container", "container", "Run this program in its container, or build the image."),
        ),
    ),
    (
        "The account and its states",
        (
            (
                "account",
                "account.commands",
                "How the account stands with SES, production access, a bucket for states.",
            ),
            ("metrics", "metrics", "Show how much mail went out for a domain, bounced and was complained of, by day."),
            ("suppression", "suppression", "The addresses to which SES sends nothing for this account."),
            ("audit", "audit.commands", "Keep every bounce and complaint, and ask what happened."),
            ("state", "state", "Move states between this disk and S3, or unlock one."),
        ),
    ),
    (
        "When mail does not arrive",
        (
            (
                "doctor",
                "doctor.commands",
                "Find the cause why mail of domains does not arrive; exit 3 when there is an error.",
            ),
            ("explain", "explain", "Say what a reply, a bounce, an error or a symptom means; exit 3 when unknown."),
        ),
    ),
    (
        "Without an AWS account",
        (
            ("demo", "demo", "Tour the whole main job against the sandbox."),
            ("sandbox", "sandbox", "The embedded AWS, with DNS and SMTP, on loopback."),
        ),
    ),
    (
        "About",
        (("version", "version", "Say which Terraform, provider and mirror would be used."),),
    ),
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
                return f"{_COMMANDS_ARE_IN}.{module}"
    return None
