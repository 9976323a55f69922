from types import SimpleNamespace

import pytest

from provisioner.adapters.engine.build import build_argv, build_image
from provisioner.adapters.engine.docker_engine import DockerEngine, create_arguments
from provisioner.adapters.engine.errors import error_in_our_words, in_our_words
from provisioner.core.container import BuildSpec, Host, Mount, RunSpec, files_of, run_spec, with_profile
from provisioner.errors import InputError, ProvisionerError
from provisioner.usecases.container import run_in_container

docker_errors = pytest.importorskip("docker.errors")
ARGUMENTS = ("new-domain", "example.com")


def a_host(environment=None, files=()):
    return Host(environment or {}, "/srv/data", "/home/ada", "/home/ada/sites", 1000, 1001, frozenset(files))


def targets(spec):
    return {mount.target: (mount.source, mount.read_only) for mount in spec.mounts}


class FakeEngine:
    def __init__(self, *, rootless=False):
        self.ran, self._rootless = [], rootless

    def is_rootless(self):
        return self._rootless

    def run(self, spec):
        self.ran.append(spec)
        return 3

    def build(self, spec):
        raise NotImplementedError


def test_the_command_line_and_its_exit_status_go_through_unchanged():
    engine = FakeEngine()
    assert run_in_container(engine, a_host(), ARGUMENTS) == 3
    assert engine.ran[0].command == ARGUMENTS


def test_the_workspace_and_the_working_directory_are_writable_under_the_callers_own_ids():
    spec = run_spec(ARGUMENTS, a_host())
    assert targets(spec) == {"/data": ("/srv/data", False), "/work": ("/home/ada/sites", False)}
    assert (spec.user, spec.working_dir) == ("1000:1001", "/work")


def test_in_a_rootless_engine_the_caller_is_root_of_the_container():
    engine = FakeEngine(rootless=True)
    run_in_container(engine, a_host(), ARGUMENTS)
    assert engine.ran[0].user == "0:0"


def test_aws_profiles_are_mounted_read_only():
    spec = run_spec(ARGUMENTS, a_host({"AWS_PROFILE": "ada"}, ["/home/ada/.aws"]))
    assert targets(spec)["/home/provisioner/.aws"] == ("/home/ada/.aws", True)
    assert spec.environment == {"AWS_PROFILE": "ada"}


@pytest.mark.parametrize("folder", ["sso/cache", "login/cache"])
def test_a_log_in_that_is_renewed_in_the_container_is_kept_on_the_host(folder):
    spec = run_spec(ARGUMENTS, a_host({}, ["/home/ada/.aws", f"/home/ada/.aws/{folder}"]))
    assert targets(spec)[f"/home/provisioner/.aws/{folder}"] == (f"/home/ada/.aws/{folder}", False)


@pytest.mark.parametrize("name", ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
def test_a_token_that_the_host_renews_by_another_file_is_seen_in_the_container(name):
    spec = run_spec(ARGUMENTS, a_host({name: "/var/run/secrets/token"}, ["/var/run/secrets/token"]))
    assert spec.environment == {name: f"/run/provisioner/{name.lower()}/token"}
    assert targets(spec)[f"/run/provisioner/{name.lower()}"] == ("/var/run/secrets", True)


def test_a_profile_by_option_wins_over_keys_in_the_container_too():
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x", "AWS_ROLE_ARN": "x"}
    given = {**keys, "AWS_REGION": "eu-west-1", "AWS_PROFILE": "other"}
    assert with_profile(given, "hosting") == {"AWS_REGION": "eu-west-1", "AWS_PROFILE": "hosting"}
    assert with_profile(given, None) == given


@pytest.mark.parametrize(
    ("given", "on_the_host"),
    [("/etc/ca.pem", "/etc/ca.pem"), ("ca.pem", "/home/ada/sites/ca.pem"), ("~/ca.pem", "/home/ada/ca.pem")],
)
def test_a_file_that_a_variable_names_is_handed_over_and_the_variable_follows_it(given, on_the_host):
    spec = run_spec(ARGUMENTS, a_host({"AWS_CA_BUNDLE": given}, [on_the_host]))
    assert spec.environment == {"AWS_CA_BUNDLE": "/run/provisioner/aws_ca_bundle"}
    assert targets(spec)["/run/provisioner/aws_ca_bundle"] == (on_the_host, True)


def test_a_variable_that_names_no_file_is_passed_on_so_that_the_program_can_say_so():
    spec = run_spec(ARGUMENTS, a_host({"AWS_CONFIG_FILE": "/nowhere"}))
    assert spec.environment == {"AWS_CONFIG_FILE": "/nowhere"}


def test_every_file_to_look_for_is_named():
    environment = {"AWS_CONFIG_FILE": "/a", "SSL_CERT_FILE": "b"}
    assert list(files_of(a_host(environment))) == [
        "/a",
        "/home/ada/sites/b",
        "/home/ada/.aws",
        "/home/ada/.aws/sso/cache",
        "/home/ada/.aws/login/cache",
    ]


def test_aws_proxy_and_provisioner_variables_are_passed_on_and_nothing_else():
    passed = {"AWS_REGION": "eu-west-1", "https_proxy": "http://proxy:3128", "NO_PROXY": "localhost", "NO_COLOR": "1"}
    spec = run_spec(ARGUMENTS, a_host({**passed, "PATH": "/bin", "HOME": "/home/ada", "GITHUB_TOKEN": "x"}))
    assert spec.environment == passed


@pytest.mark.parametrize("name", ["PROVISIONER_HOME", "PROVISIONER_TERRAFORM", "PROVISIONER_PLUGIN_DIR"])
def test_a_path_of_the_host_means_nothing_in_the_container(name):
    assert run_spec(ARGUMENTS, a_host({name: "/opt/x"})).environment == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("AWS_ENDPOINT_URL_SESV2", "http://localhost:4566"),
        ("PROVISIONER_DNS_SERVER", "127.0.0.1:5353"),
        ("PROVISIONER_SMTP_SERVER", "[::1]:2587"),
        ("PROVISIONER_SMTPS_SERVER", "127.0.0.1:2465"),
        ("HTTPS_PROXY", "http://ada:secret@127.0.0.1:3128"),
        ("http_proxy", "localhost:3128"),
    ],
)
def test_what_listens_on_the_hosts_loopback_is_reached_through_the_hosts_network(name, value):
    assert run_spec(ARGUMENTS, a_host({name: value})).network == "host"


@pytest.mark.parametrize(
    "environment", [{}, {"NO_PROXY": "localhost,127.0.0.1"}, {"AWS_ENDPOINT_URL": "http://sandbox:4566"}]
)
def test_otherwise_the_engines_own_network_is_used(environment):
    assert run_spec(ARGUMENTS, a_host(environment)).network is None


def test_a_network_that_was_asked_for_wins():
    spec = run_spec(ARGUMENTS, a_host({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}), network="compose_default")
    assert spec.network == "compose_default"


def test_credentials_are_not_in_what_a_specification_prints():
    host = a_host({"AWS_SECRET_ACCESS_KEY": "hush"})
    assert "hush" not in repr(host) + repr(run_spec(ARGUMENTS, host))


def test_the_container_is_read_only_and_without_privileges():
    spec = RunSpec("img", ARGUMENTS, {}, (Mount("/a", "/b"), Mount("/c", "/d", read_only=False)), "1:2", None)
    asked = create_arguments(spec, stdin=True)
    assert asked["volumes"] == ["/a:/b:ro", "/c:/d:rw"]
    assert (asked["read_only"], asked["cap_drop"], asked["security_opt"]) == (True, ["ALL"], ["no-new-privileges"])
    assert asked["command"] == ["new-domain", "example.com"]


def test_no_engine_is_a_clear_error():
    engine = DockerEngine({"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    with pytest.raises(ProvisionerError) as caught:
        engine.is_rootless()
    assert (caught.value.code, caught.value.exit_code) == ("no_engine", 1)
    assert "No such file" in caught.value.message


def test_a_socket_that_may_not_be_opened_is_a_clear_error():
    error = docker_errors.DockerException("Error while fetching server API version")
    error.__cause__ = PermissionError(13, "Permission denied")
    assert error_in_our_words(error).code == "engine_forbidden"


def test_a_missing_image_is_a_clear_error_of_usage():
    answer = SimpleNamespace(status_code=404, reason="Not Found")
    error = docker_errors.ImageNotFound("404", response=answer, explanation="No such image: nothing:latest")
    found = error_in_our_words(error, "nothing")
    assert isinstance(found, InputError)
    assert "'nothing'" in found.message
    assert "container build" in found.hint


def test_what_the_engine_refuses_is_passed_on_in_its_own_words():
    answer = SimpleNamespace(status_code=400, reason="Bad Request")
    error = docker_errors.APIError("400", response=answer, explanation="invalid mount config: mount denied")
    found = error_in_our_words(error)
    assert "mount denied" in found.message
    assert "share the workspace" in found.hint


def test_a_defect_of_ours_is_not_blamed_on_the_engine():
    with pytest.raises(ZeroDivisionError), in_our_words():
        raise ZeroDivisionError


def test_the_build_is_one_command_line():
    spec = BuildSpec("/src", "img:1", ("TOOLS=mine", "VERSION=1"), "host")
    assert build_argv("docker", spec) == [
        "docker", "build", "--tag=img:1", "--build-arg=TOOLS=mine", "--build-arg=VERSION=1", "--network=host", "/src",
    ]  # fmt: skip


def test_building_where_there_is_no_dockerfile_says_so(tmp_path):
    with pytest.raises(InputError, match="no Dockerfile"):
        build_image(BuildSpec(str(tmp_path), "img"), {"PATH": "/bin"})


def test_building_without_the_docker_client_says_so(tmp_path):
    tmp_path.joinpath("Dockerfile").write_text("FROM scratch")
    with pytest.raises(ProvisionerError, match="no program `docker`"):
        build_image(BuildSpec(str(tmp_path), "img"), {"PATH": str(tmp_path)})


@pytest.fixture
def build(tmp_path):
    """Build with a `docker` that prints its arguments and exits with what it is told."""
    tmp_path.joinpath("Dockerfile").write_text("FROM scratch")
    program = tmp_path / "docker"
    program.write_text('#!/bin/sh\necho "$@"\nexit "$FAKE_STATUS"\n')
    program.chmod(0o755)

    def building(status):
        build_image(BuildSpec(str(tmp_path), "img"), {"PATH": f"{tmp_path}:/bin", "FAKE_STATUS": str(status)})

    return building


def test_the_output_of_a_build_goes_to_stderr(build, tmp_path, capfd):
    build(0)
    assert capfd.readouterr() == ("", f"build --tag=img {tmp_path}\n")


def test_a_build_that_fails_is_an_error(build):
    with pytest.raises(ProvisionerError, match="ended with 7"):
        build(7)


class FakeContainer:
    """A container that prints, ends with a status, and remembers what it was told."""

    def __init__(self, output, status=0, *, oom=False):
        self.attrs = {"State": {"OOMKilled": oom}}
        self._output, self._status, self.removed = output, status, False

    def attach(self, **_options):
        return iter(self._output)

    def start(self):
        pass

    def wait(self):
        return {"StatusCode": self._status}

    def reload(self):
        pass

    def remove(self, **_options):
        self.removed = True


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run a fake container with our stdin at a terminal."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    def running(container):
        engine = DockerEngine({})
        engine._connected = SimpleNamespace(containers=SimpleNamespace(create=lambda **_: container))
        home = Mount(str(tmp_path / "new" / "home"), "/data", read_only=False)
        return engine.run(RunSpec("img", ARGUMENTS, {}, (home,), "1:1", None))

    return running


def test_both_streams_arrive_where_they_belong(run, capfd):
    container = FakeContainer([(b"result\n", None), (None, b"progress\n")])
    assert run(container) == 0
    assert capfd.readouterr() == ("result\n", "progress\n")


def test_the_exit_status_is_the_containers_and_the_container_is_removed(run):
    container = FakeContainer([], status=5)
    assert run(container) == 5
    assert container.removed


def test_running_out_of_memory_says_so(run):
    container = FakeContainer([], status=137, oom=True)
    with pytest.raises(ProvisionerError) as caught:
        run(container)
    assert caught.value.code == "out_of_memory"
    assert container.removed


def test_a_new_home_belongs_to_the_caller_and_to_nobody_else(run, tmp_path):
    run(FakeContainer([]))
    assert tmp_path.joinpath("new", "home").stat().st_mode & 0o777 == 0o700


def test_without_the_sdk_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docker", None)
    with pytest.raises(ProvisionerError, match="SDK is not installed"):
        DockerEngine({}).is_rootless()
