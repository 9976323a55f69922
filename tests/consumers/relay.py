"""Postfix as a relay: its own files, in a copy, and the daemon."""

import json
import re
import time
from pathlib import Path

from consumers.machine import copy_in_place, run
from consumers.programs import Mail, Sent, commands_of

_FOLDERS = ("/etc/postfix", "/var/lib/postfix", "/var/spool/postfix")
_LOG = "/var/spool/postfix/log"
_BEFORE = {  # how an administrator has set it up before: nothing of it is about SES
    "myhostname": "relay.internal.test",
    "mydestination": "localhost",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "maillog_file": _LOG,
    "bounce_queue_lifetime": "0",  # what comes back is not kept
}
_INSTANCE = "/usr/lib/postfix/configure-instance.sh"  # Debian's: it fills the chroot


class Relay:
    """A Postfix that runs; `take` gives it the form, `send` a message, as programs on the machine do."""

    def __init__(self, folder: Path) -> None:
        for path in _FOLDERS:
            copy_in_place(path, folder)
        for name, value in _BEFORE.items():
            _must("postconf", "-e", f"{name} = {value}")
        if Path(_INSTANCE).exists():
            _must(_INSTANCE, "-")
        _must("postfix", "start")

    def stop(self) -> None:
        _must("postfix", "stop")

    def take(self, form: Path) -> None:
        """Do what the form's own comment says."""
        _must("sh", "-c", commands_of(form))

    def send(self, form: Path, mail: Mail) -> Sent:
        self.take(form)
        return self.submit(mail.text, mail.recipient, mail.sender)

    def submit(self, message: str, recipient: str, sender: str) -> Sent:
        """Give it a message and wait for its end; what stays in the queue is a failure, and is taken out."""
        Path(_LOG).write_text("")
        run("sendmail", "-i", "-f", sender, recipient, stdin=message)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            log = Path(_LOG).read_text()
            found = re.search(rf"to=<{re.escape(recipient)}>.* status=(\w+)", log)
            if found and (found[1] != "sent" or not self.queue()):
                break
            time.sleep(0.05)
        left = self.queue()
        _must("postsuper", "-d", "ALL")
        return Sent(bool(found) and found[1] == "sent" and not left, Path(_LOG).read_text())

    def queue(self) -> list[str]:
        """Return the recipients that still wait."""
        listed = [json.loads(line) for line in run("postqueue", "-j").stdout.splitlines()]
        return [recipient["address"] for message in listed for recipient in message["recipients"]]


def _must(*command: str) -> None:
    ended = run(*command)
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
