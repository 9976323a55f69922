"""Generations: which provider a run gets, and what becomes of the others."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from adapters.terraform.warm.fake_provider import FakeProvider, Terraform, alive, at_once, wait_until

from provisioner.adapters.terraform import TerraformSettings
from provisioner.adapters.terraform.warm.pool import Lease, WarmProvider
from provisioner.errors import ProvisionerError

WarmWith = Callable[..., WarmProvider]
HOLDER = """
import os, sys
from pathlib import Path
from provisioner.adapters.terraform import TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider
settings = TerraformSettings(dict(os.environ), Path(sys.argv[1]), plugin_dir=Path(sys.argv[2]))
with WarmProvider(settings, ()) as warm, warm.run() as lease:
    print(lease.environment["TF_REATTACH_PROVIDERS"], flush=True)
    sys.stdin.read()
"""


def socket_of(lease: Lease) -> Path:
    return Path(Terraform(lease).plugin["Addr"]["String"])


def use(warm: WarmProvider, configuration: str = "") -> Path:
    with warm.run(configuration) as lease:
        Terraform(lease).call("/tfplugin5.Provider/ReadResource")
        return socket_of(lease)


def test_nothing_is_started_before_the_first_run(provider: FakeProvider, warm: WarmProvider) -> None:
    assert provider.pids == []
    use(warm)
    assert len(provider.pids) == 1


def test_terraform_is_told_what_go_plugin_wants_to_know(provider: FakeProvider, warm: WarmProvider) -> None:
    with warm.run() as lease:
        (name, plugin), *others = json.loads(lease.environment["TF_REATTACH_PROVIDERS"]).items()
    assert (name, others) == ("registry.terraform.io/hashicorp/aws", [])
    address = plugin.pop("Addr")
    assert plugin == {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": provider.pids[0], "Test": True}
    assert address["Network"] == "unix"


def test_terraform_is_never_told_our_own_process_id_which_it_might_kill(warm: WarmProvider) -> None:
    with warm.run() as lease:
        assert Terraform(lease).plugin["Pid"] != os.getpid()


def test_the_sockets_are_in_a_directory_that_only_we_can_enter(warm: WarmProvider) -> None:
    with warm.run() as lease:
        folder = socket_of(lease).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_provider_gets_terraforms_environment_and_no_certificate_of_somebody_else(
    provider: FakeProvider, settings: TerraformSettings
) -> None:
    stale = {"PLUGIN_CLIENT_CERT": "x", "TF_LOG": "trace", "AWS_PROFILE": "ada"}
    given = TerraformSettings({**settings.environment, **stale}, settings.home, plugin_dir=settings.plugin_dir)
    with WarmProvider(given, ()) as warm:
        use(warm)
    ((_, environment),) = provider.started
    assert environment["AWS_PROFILE"] == "ada"
    assert environment["AWS_DEFAULT_REGION"] == "us-east-1"
    assert not {"PLUGIN_CLIENT_CERT", "TF_LOG"} & set(environment)


def test_many_first_runs_at_once_share_one_provider(provider: FakeProvider, warm: WarmProvider) -> None:
    assert len(set(at_once(8, lambda _: use(warm)))) == 1
    assert len(provider.pids) == 1


def test_each_configuration_has_a_provider_of_its_own(provider: FakeProvider, warm: WarmProvider) -> None:
    assert use(warm, "us-east-1") != use(warm, "eu-west-1")
    assert use(warm, "us-east-1") == use(warm, "us-east-1")
    assert len(provider.pids) == 2


def test_after_so_many_runs_there_is_a_new_provider(provider: FakeProvider, warm_with: WarmWith) -> None:
    warm = warm_with(runs=3)
    used = [use(warm) for _ in range(7)]
    assert [used.count(socket) for socket in dict.fromkeys(used)] == [3, 3, 1]
    assert [alive(pid) for pid in provider.pids] == [False, False, True]


def test_a_worn_provider_stays_for_whoever_still_uses_it(provider: FakeProvider, warm_with: WarmWith) -> None:
    warm = warm_with(runs=1)
    with warm.run() as old:
        with warm.run() as new:
            assert socket_of(old) != socket_of(new)
            assert Terraform(old).call("/tfplugin5.Provider/ReadResource", b"still here") == b"still here"
        assert alive(provider.pids[0])
    wait_until(lambda: not alive(provider.pids[0]))
    assert not socket_of(old).parent.exists()


def test_a_provider_that_died_is_replaced(provider: FakeProvider, warm: WarmProvider) -> None:
    with warm.run() as lease:
        os.kill(provider.pids[0], signal.SIGKILL)
        wait_until(lambda: lease.lost() == "the provider's process has ended")
        assert Terraform(lease).fails("/tfplugin5.Provider/ReadResource")[0] == "UNAVAILABLE"
    use(warm)
    assert len(provider.pids) == 2


def test_a_provider_whose_socket_was_removed_is_replaced(provider: FakeProvider, warm: WarmProvider) -> None:
    use(warm).unlink()
    use(warm)
    assert len(provider.pids) == 2


def test_a_provider_that_answers_no_more_is_replaced(provider: FakeProvider, warm_with: WarmWith) -> None:
    warm = warm_with(patience=2.0)
    use(warm)
    os.kill(provider.pids[0], signal.SIGSTOP)
    use(warm)
    assert len(provider.pids) == 2
    assert not alive(provider.pids[0])


def test_a_spoiled_provider_is_replaced(provider: FakeProvider, warm: WarmProvider) -> None:
    with warm.run() as lease:
        lease.spoil()
        assert lease.lost() == ""
    use(warm)
    assert len(provider.pids) == 2


def test_closing_ends_providers_that_are_in_use(provider: FakeProvider, settings: TerraformSettings) -> None:
    with ExitStack() as runs:
        with WarmProvider(settings, ()) as warm:
            lease = runs.enter_context(warm.run())
            folder = socket_of(lease).parent
        assert not alive(provider.pids[0])
        assert not folder.exists()
        with pytest.raises(ProvisionerError), warm.run():
            pass
    assert len(provider.pids) == 1


@pytest.mark.parametrize(
    ("behaviour", "complaint"),
    [
        ({"says": "This binary is a plugin."}, "it said: This binary is a plugin."),
        ({"says": ""}, "it said: nothing"),
        ({"says": "1|6|unix|/nowhere|grpc|"}, "1|6|unix"),
        ({"says": "1|5|unix"}, "1|5|unix"),
        ({"says": "1|5|tcp|127.0.0.1:1|grpc|"}, "1|5|tcp"),
        ({"answers": {"GetSchema": "0b"}}, "wire type 3"),
        ({"errors": {"GetSchema": "UNAVAILABLE"}}, "as asked"),
    ],
)
def test_a_provider_that_does_not_start_is_an_error_that_says_why(
    provider: FakeProvider, warm: WarmProvider, behaviour: dict[str, object], complaint: str
) -> None:
    provider.behaves(**behaviour)
    with pytest.raises(ProvisionerError) as raised, warm.run():
        pass
    assert raised.value.code == "provider_not_started"
    assert complaint in raised.value.message
    assert not any(map(alive, provider.pids))


def test_a_provider_that_says_nothing_is_given_up(provider: FakeProvider, warm_with: WarmWith) -> None:
    provider.behaves(sleeps=60)
    with pytest.raises(ProvisionerError) as raised, warm_with(patience=1.0).run():
        pass
    assert raised.value.code == "provider_not_started"


def test_a_file_that_is_no_program_is_an_error(provider: FakeProvider, warm: WarmProvider) -> None:
    provider.program.write_text("\x7fELF of another world")
    with pytest.raises(ProvisionerError) as raised, warm.run():
        pass
    assert raised.value.code == "provider_not_started"


def test_after_three_failures_no_more_providers_are_tried(provider: FakeProvider, warm: WarmProvider) -> None:
    provider.behaves(says="no")
    for _ in range(3):
        with pytest.raises(ProvisionerError), warm.run():
            pass
    provider.behaves()
    with pytest.raises(ProvisionerError, match="failed 3 times"), warm.run():
        pass
    assert provider.pids == []


def test_a_failure_is_forgotten_when_the_next_provider_starts(provider: FakeProvider, warm: WarmProvider) -> None:
    for _ in range(2):
        provider.behaves(says="no")
        for _ in range(2):
            with pytest.raises(ProvisionerError), warm.run():
                pass
        provider.behaves()
        with warm.run() as lease:
            lease.spoil()
    assert len(provider.pids) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_us_however_we_end(
    provider: FakeProvider, settings: TerraformSettings, tmp_path: Path, number: int
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "home"), str(provider.mirror)],
        env={**os.environ, **settings.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert holder.stdout is not None
    (plugin,) = json.loads(holder.stdout.readline()).values()
    folder = Path(plugin["Addr"]["String"]).parent
    assert alive(plugin["Pid"])
    assert folder.exists()
    holder.send_signal(number)
    holder.wait(20)
    wait_until(lambda: not alive(plugin["Pid"]) and not folder.exists())
    assert not in_group(plugin["Pid"])


def in_group(group: int) -> list[str]:
    """Return the processes of a group: the guard belongs to the provider's."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, member_of = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if member_of == str(group) and state != "Z":
            found.append(path.parent.name)
    return found
