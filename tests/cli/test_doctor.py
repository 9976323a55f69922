"""`doctor` as a user meets it: exit codes, --all, --changes, --watch, --repair, --report."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.conftest import Cli
from fakes.world import World

from provisioner.cli.doctor import commands
from provisioner.core.checks.catalogue import CHECKS, Area, Check
from provisioner.core.checks.observed import Fact, Observed, seen
from provisioner.core.findings import Finding, Severity
from provisioner.errors import LoggedOut, ProvisionerError

ACCOUNT = tuple(check for check in CHECKS if check.area is Area.ACCOUNT)
UNSIGNED, REPAIR = "dkim.signing_off", ("new-domain", "example.com")


@pytest.fixture(autouse=True)
def one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """One check is enough for what the command makes of findings."""
    checks = (Check("whether SES signs", Area.IDENTITY, frozenset({Fact.IDENTITY}), signing),)
    monkeypatch.setattr("provisioner.cli.doctor.commands.CHECKS", checks)
    monkeypatch.setattr("provisioner.core.checks.catalogue.CONCLUSIONS", ())


def signing(observed: Observed) -> Iterator[Finding]:
    identity, subject = seen(observed.identity), f"SES identity {observed.spec.domain}"
    if identity is None or not identity.signing_enabled:
        remedy = "`provisioner new-domain example.com` switches it on"
        yield Finding(
            UNSIGNED, Severity.ERROR, subject, "mail goes out unsigned", remedy, command=REPAIR, repairable=True
        )
    else:
        yield Finding("dkim.signing_on", Severity.OK, subject, "SES signs")


@pytest.fixture
def well(cli: Cli, in_memory: World) -> World:
    """A world in which example.com and example.net are provisioned and sign."""
    for domain in ("example.com", "example.net"):
        assert cli("new-domain", domain).code == 0
        in_memory.aws.has_identity(domain)
    return in_memory


def test_a_healthy_domain_is_well(cli: Cli, well: World) -> None:
    outcome = cli("doctor", "example.com")
    assert (outcome.code, outcome.out) == (0, "example.com: all is well (1 as it must be)\n")
    (entry,) = cli("doctor", "example.com", "--json").document["domains"]
    assert (entry["domain"], entry["healthy"]) == ("example.com", True)
    assert [one["id"] for one in entry["findings"]] == ["dkim.signing_on"]


def test_an_error_is_told_with_its_remedy_and_ends_in_3(cli: Cli, well: World) -> None:
    well.aws.switches_signing_off("example.com")
    outcome = cli("doctor", "example.com")
    assert outcome.code == 3
    assert "example.com: 1 error\n  error    SES identity example.com: mail goes out unsigned" in outcome.out
    assert "do: `provisioner new-domain example.com` switches it on" in outcome.out
    assert cli("doctor", "example.com", "--json").document["domains"][0]["healthy"] is False


def test_every_domain_of_the_home_ends_in_a_table_the_worst_first(cli: Cli, well: World) -> None:
    well.aws.switches_signing_off("example.net")
    outcome = cli("doctor", "--all")
    assert outcome.code == 3
    head, first, second = outcome.out.rpartition("\n\n")[2].splitlines()
    assert head.split() == ["DOMAIN", "ERRORS", "WARNINGS", "FIRST", "OF", "ALL"]
    assert first.split(maxsplit=3) == ["example.net", "1", "0", f"{UNSIGNED}: SES identity example.net"]
    assert second.split() == ["example.com", "0", "0", "-"]


def test_what_all_domains_have_in_common_is_read_once(cli: Cli, well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def paused(_: Observed) -> Iterator[Finding]:
        yield Finding("account.paused", Severity.ERROR, "account", "sending is switched off for the whole account")

    check = Check("the account", Area.ACCOUNT, frozenset(), paused)
    monkeypatch.setattr("provisioner.cli.doctor.commands.CHECKS", (check,))
    text = cli("doctor", "--all").out
    assert text.startswith("all 2 domains:\n  error    account: sending is switched off")
    assert text.count("sending is switched off") == 1
    assert "example.com: 1 error\n\nexample.net: 1 error\n\n" in text
    assert cli("doctor", "example.com").out.startswith("example.com: 1 error\n  error    account: sending")


def test_a_home_without_domains_has_nothing_wrong(cli: Cli, in_memory: World) -> None:
    outcome = cli("doctor", "--all")
    assert (outcome.code, outcome.out) == (0, "no domains\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "no_domain"),
        (("example.com", "--all"), "domains_and_all"),
        (("unknown.com",), "unknown_domain"),
        (("example.com", "--yes"), "yes_to_nothing"),
        (("example.com", "--repair"), "not_confirmed"),  # nobody can be asked here
        (("example.com", "--watch", "soon"), "invalid_duration"),
        (("example.com", "--due", "old"), "invalid_duration"),
        (("example.com", "--report", "doctor.txt"), "invalid_report"),
        (("example.com", "--report", "nowhere/doctor.html"), "invalid_report"),
    ],
)
def test_bad_input_is_refused_before_anybody_looks(
    cli: Cli, well: World, arguments: tuple[str, ...], code: str
) -> None:
    outcome = cli("doctor", *arguments, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert outcome.error["hint"]


def test_changes_are_told_once_and_silence_is_no_change(cli: Cli, well: World) -> None:
    assert cli("doctor", "--all", "--changes").out == ""
    well.aws.switches_signing_off("example.com")
    new = cli("doctor", "--all", "--changes")
    assert (new.code, new.out.splitlines()[0]) == (3, "example.com: 1 new, 0 mended")
    again = cli("doctor", "--all", "--changes")
    assert (again.code, again.out) == (3, "")
    assert cli("doctor", "example.com").code == 3  # a look without --changes is kept from nobody
    well.aws.has_identity("example.com")
    mended = cli("doctor", "--all", "--changes", "--json")
    entry = next(one for one in mended.document["domains"] if one["domain"] == "example.com")
    assert (mended.code, entry["new"], [one["id"] for one in entry["mended"]]) == (0, [], [UNSIGNED])


def test_it_is_watched_until_all_is_well(cli: Cli, well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    well.aws.switches_signing_off("example.com")
    monkeypatch.setattr(well.clock, "sleep", lambda _: well.aws.has_identity("example.com"))
    outcome = cli("doctor", "example.com", "--watch", "5m")
    assert outcome.code == 0
    assert "example.com: 1 error, looking again" in "\n".join(well.progress.steps)
    assert f"example.com: mended: SES identity example.com ({UNSIGNED})" in well.progress.notes


def test_a_watch_ends_with_its_time(cli: Cli, well: World) -> None:
    well.aws.switches_signing_off("example.com")
    before = well.clock.monotonic()
    assert cli("doctor", "example.com", "--watch", "5m").code == 3
    assert well.clock.monotonic() - before == pytest.approx(300)


def test_what_is_asked_about_is_shown_also_to_who_wants_no_progress(
    cli: Cli, well: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    well.aws.switches_signing_off("example.com")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    outcome = cli("doctor", "example.com", "--repair", "--quiet")
    assert (outcome.code, "  ~ switch DKIM signing on" in outcome.err) == (3, True)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_key_that_a_repair_made_and_nobody_could_keep_is_handed_over(
    cli: Cli, well: World, tmp_path: Path, more: tuple[str, ...]
) -> None:
    well.aws.switches_signing_off("example.com")
    well.aws.access_keys["example.com"] = []
    well.store.breaks_on_save()
    well.aws.deletes_no_key()
    outcome = cli("doctor", "example.com", "--repair", "--yes", "--report", str(tmp_path / "r.json"), *more)
    (key,) = well.aws.keys("example.com")
    assert outcome.code == 3
    if more:
        error = outcome.document["domains"][0]["error"]
        assert (error["code"], error["credential"]["user_name"]) == ("key_not_kept", key.id)
        password = error["credential"]["password"]
    else:
        assert f"  user_name: {key.id}\n  password: " in outcome.out
        password = outcome.out.partition("  password: ")[2].splitlines()[0]
    assert password not in outcome.err + (tmp_path / "r.json").read_text()


def test_a_repair_shows_what_it_does_and_looks_again(cli: Cli, well: World) -> None:
    well.aws.switches_signing_off("example.com")
    outcome = cli("doctor", "example.com", "example.net", "--repair", "--yes")
    assert outcome.code == 0
    assert well.aws.identities["example.com"].signing_enabled
    assert "example.com: this can be repaired:\n  SES identity example.com: mail goes out unsigned" in outcome.err
    assert "  ~ switch DKIM signing on" in outcome.err
    assert "example.net: this" not in outcome.err
    assert outcome.out.startswith("example.com: all is well")


def test_a_repair_that_fails_is_told_and_the_finding_stays(
    cli: Cli, well: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ProvisionerError("access_denied", "AWS says no", "ask for ses:PutEmailIdentityDkimAttributes")

    well.aws.switches_signing_off("example.com")
    monkeypatch.setattr(well.aws, "sign", refuse)
    outcome = cli("doctor", "example.com", "--repair", "--yes")
    assert outcome.code == 3
    assert "example.com: not repaired: AWS says no; ask for ses:PutEmailIdentityDkimAttributes" in outcome.err


def test_reports_are_written_beside(cli: Cli, well: World, tmp_path: Path) -> None:
    well.aws.switches_signing_off("example.com")
    page, document = tmp_path / "doctor.html", tmp_path / "doctor.json"
    outcome = cli("doctor", "--all", "--json", "--report", str(page), "--report", str(document))
    assert json.loads(document.read_text()) == outcome.document
    text = page.read_text()
    assert "mail goes out unsigned" in text
    assert text.index('<h2 id="example.com">') < text.index('<h2 id="example.net">')


@pytest.mark.parametrize(
    "error",
    [
        LoggedOut("expired_token", "the session has expired", "log in again"),
        ProvisionerError("aws_unreachable", "AWS cannot be reached", "log in again"),
    ],
)
def test_what_keeps_aws_closed_is_said_once_and_nothing_of_the_domain(
    cli: Cli, well: World, monkeypatch: pytest.MonkeyPatch, error: ProvisionerError
) -> None:
    def closed() -> None:
        raise error

    monkeypatch.setattr(well.aws, "caller", closed)
    monkeypatch.setattr("provisioner.cli.doctor.commands.CHECKS", (*commands.CHECKS, *ACCOUNT))
    well.time.is_ahead = None
    (entry,) = cli("doctor", "example.com", "--json").document["domains"]
    (finding,) = entry["findings"]
    assert (finding["id"], finding["severity"], finding["subject"]) == ("check.not_run", "error", "account")
    assert finding["remedy"] == "log in again"


def test_each_look_of_a_watch_asks_for_the_account_anew(cli: Cli, well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    well.aws.switches_signing_off("example.com")
    monkeypatch.setattr(well.clock, "sleep", lambda _: well.aws.has_identity("example.com"))
    assert cli("doctor", "example.com", "--watch", "5m").code == 0
    assert well.aws.asked.count("forget account") == 2
