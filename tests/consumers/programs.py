"""The programs that read a form and send mail with it, each as its users run it."""

import base64
import csv
import io
import json
import platform
import re
import shlex
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import yaml
from consumers.machine import debian_version, run

SCRIPTS = Path(__file__).parent / "scripts"
VISITOR = "visitor@elsewhere.test"  # whom a contact form would let write as the site


@dataclass(frozen=True)
class Mail:
    """What is to be sent. `sender` is what the program would use as From if its form let it."""

    recipient: str
    subject: str
    sender: str = VISITOR

    @property
    def text(self) -> str:
        return f"From: Some Body <{self.sender}>\nTo: {self.recipient}\nSubject: {self.subject}\n\nHello.\n"


@dataclass(frozen=True)
class Sent:
    """How it went: `output` is what the program said."""

    ok: bool
    output: str


@dataclass(frozen=True)
class Consumer:
    """A program with the format that it reads; `usual` is the From of a domain's own login in it."""

    name: str
    format: str
    send: Callable[[Path, Mail], Sent]
    version: Callable[[], str]
    usual: str = "noreply@example.com"


def ran(*command: str, stdin: str = "", **variables: str) -> Sent:
    ended = run(*command, stdin=stdin, **variables)
    return Sent(ended.returncode == 0, ended.stdout + ended.stderr)


def msmtp(form: Path, mail: Mail) -> Sent:
    """As sendmail: with an envelope and a From of the program's own."""
    return ran("msmtp", f"--file={form}", f"--from={mail.sender}", mail.recipient, stdin=mail.text)


def php(script: str) -> Callable[[Path, Mail], Sent]:
    def send(form: Path, mail: Mail) -> Sent:
        return ran("php", str(SCRIPTS / script), str(form), mail.sender, mail.recipient, mail.subject)

    return send


def nodemailer(variable: str) -> Callable[[Path, Mail], Sent]:
    """Node.js has authorities of its own; it is told to trust those of the system as well."""

    def send(form: Path, mail: Mail) -> Sent:
        node = {"NODE_PATH": "/usr/share/nodejs", "NODE_EXTRA_CA_CERTS": "/etc/ssl/certs/ca-certificates.crt"}
        script = 'set -a; . "$1"; exec node "$2" "$3" "$4" "$5"'
        arguments = (str(form), str(SCRIPTS / "nodemailer.js"), variable, mail.recipient, mail.subject)
        return ran("sh", "-c", script, "sh", *arguments, **node)

    return send


def swaks_of_shell(form: Path, mail: Mail) -> Sent:
    """A shell that sources the file and calls swaks with its variables."""
    return ran(
        "sh", "-c", f'. "$1"; {SWAKS}', "sh", str(form), mail.recipient, mail.subject, SMTP_FROM="noreply@example.com"
    )


SWAKS = (
    'case "$SMTP_SECURITY" in starttls) tls=--tls ;; tls) tls=--tls-on-connect ;; *) exit 2 ;; esac; '
    'swaks "$tls" --tls-verify --auth LOGIN --server "$SMTP_HOST" --port "$SMTP_PORT" --auth-user "$SMTP_USERNAME" '
    '--auth-password "$SMTP_PASSWORD" --from "$SMTP_FROM" --to "$2" --header "Subject: $3"'
)


def swaks(settings: Mapping[str, str], mail: Mail) -> Sent:
    """Call swaks with the variables in its environment, as a container has them."""
    return ran("sh", "-c", SWAKS, "sh", "-", mail.recipient, mail.subject, **settings)


def gmail(form: Path, mail: Mail) -> Sent:
    """A person types what the steps say, into swaks."""
    text = form.read_text()
    steps = dict(re.findall(r"^\d+\. ([\w ]+): (\S+)", text, re.MULTILINE))
    return swaks(
        {
            "SMTP_HOST": steps["SMTP Server"],
            "SMTP_PORT": steps["Port"],
            "SMTP_SECURITY": {"TLS": "starttls", "SSL": "tls"}[
                re.findall("connection using (TLS|SSL): chosen", text)[0]
            ],
            "SMTP_USERNAME": steps["Username"],
            "SMTP_PASSWORD": steps["Password"],
            "SMTP_FROM": steps["Email address"],
        },
        mail,
    )


def kubernetes(form: Path, mail: Mail) -> Sent:
    """What `envFrom` with a `secretRef` does: each key becomes a variable."""
    secret = next(yaml.safe_load_all(form.read_text()))
    return swaks({key: base64.b64decode(value, validate=True).decode() for key, value in secret["data"].items()}, mail)


def python(read: Callable[[str], Mapping[str, str]]) -> Callable[[Path, Mail], Sent]:
    def send(form: Path, mail: Mail) -> Sent:
        login = read(form.read_text())
        sender = login["from"].replace("*@", "noreply@")
        try:
            _submit(login, sender, mail)
        except (smtplib.SMTPException, OSError) as error:
            return Sent(False, repr(error))
        return Sent(True, "")

    return send


def _submit(login: Mapping[str, str], sender: str, mail: Mail) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.recipient, mail.subject
    message.set_content("Hello.")
    trusting, port = ssl.create_default_context(), int(login["port"])
    starttls = login["security"] == "starttls"
    client = smtplib.SMTP(login["host"], port) if starttls else smtplib.SMTP_SSL(login["host"], port, context=trusting)
    with client:
        if starttls:
            client.starttls(context=trusting)
        client.login(login["user_name"], login["password"])
        client.send_message(message)


def debian(*packages: str) -> Callable[[], str]:
    return lambda: debian_version(packages)


def phpmailer() -> str:
    return f"PHP {run('php', '-r', 'echo PHP_VERSION;').stdout}, {debian_version(['libphp-phpmailer'])}"


def standard_library() -> str:
    return f"Python {platform.python_version()}"


def from_csv(text: str) -> Mapping[str, str]:
    return next(csv.DictReader(io.StringIO(text, newline="")))


def from_json(text: str) -> Mapping[str, str]:
    login: Mapping[str, str] = json.loads(text)["credentials"][0]  # the domain's own comes before its senders'
    return login


def commands_of(form: Path) -> str:
    """Return the commands that a form's comment gives, as a script."""
    lines = [line.removeprefix("#   ") for line in form.read_text().splitlines() if line.startswith("#   ")]
    return f"set -eu\nFILE={shlex.quote(str(form))}\n" + "\n".join(lines)


NODE = ("nodejs", "node-nodemailer")
CONSUMERS = [
    Consumer("Python (json)", "json", python(from_json), standard_library),
    Consumer("Python (csv)", "csv", python(from_csv), standard_library),
    Consumer("swaks (shell)", "env", swaks_of_shell, debian("swaks")),
    Consumer("Nodemailer (SMTP_URL)", "dotenv-url", nodemailer("SMTP_URL"), debian(*NODE)),
    Consumer("Nodemailer (MAILER_DSN)", "dotenv-url", nodemailer("MAILER_DSN"), debian(*NODE)),
    Consumer("Symfony Mailer", "dotenv-url", php("symfony.php"), debian("php-symfony-mailer", "php-symfony-dotenv")),
    Consumer("PHPMailer (WP Mail SMTP)", "wp-mail-smtp", php("wp_mail_smtp.php"), phpmailer, "wordpress@example.com"),
    Consumer("PHPMailer (FluentSMTP)", "fluent-smtp", php("fluent_smtp.php"), phpmailer, "wordpress@example.com"),
    Consumer("msmtp", "msmtp", msmtp, debian("msmtp")),
    Consumer("swaks (Gmail's steps)", "gmail", gmail, debian("swaks")),
    Consumer("swaks (envFrom)", "k8s-secret", kubernetes, debian("swaks")),
]
