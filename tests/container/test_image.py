"""What is in the image, and how it runs."""

import json

import pytest


def test_it_says_which_terraform_and_provider_it_carries(engine):
    found = engine.run("version --json", network_mode="none").document
    assert (found["terraform"], found["provider"]) == ("1.11.4", "5.100.0")
    assert found["mirror"] == "/usr/share/terraform/plugins"


def test_provisioning_needs_no_network_but_aws(engine):
    """The whole main job with no network at all: the provider comes from the image."""
    ran = engine.run("sandbox run -- provisioner new-domain example.com --json", network_mode="none")
    assert ran.status == 0, ran.err
    assert ran.document["changed"] is True


@pytest.mark.parametrize("user", ["0:0", "4242:4242", "1000"])
def test_any_user_may_run_it_with_a_read_only_root(engine, user):
    ran = engine.run(
        "sandbox run -- provisioner plan example.com --json",
        user=user,
        read_only=True,
        tmpfs={"/tmp": "mode=1777"},  # noqa: S108 - the container's own
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        network_mode="none",
    )
    assert ran.status == 3, ran.err
    assert ran.document["changes"]["add"] > 0


def test_a_batch_takes_its_manifest_from_a_mount_or_from_stdin(engine, tmp_path):
    tmp_path.chmod(0o755)  # the image runs as a user of its own
    (tmp_path / "domains.yaml").write_text("defaults: {zone: external}\ndomains: [one.example, two.example]\n")
    script = "provisioner batch /manifest/domains.yaml --json && provisioner batch - --json < /manifest/domains.yaml"
    ran = engine.run(
        ["sandbox", "run", "--", "sh", "-c", script],
        volumes={str(tmp_path): {"bind": "/manifest", "mode": "ro"}},
        network_mode="none",
    )
    assert ran.status == 0, ran.err
    first, second = (json.loads(text) for text in ran.out.replace("}\n{", "}\0{").split("\0"))
    assert first["counts"]["provisioned"] == second["counts"]["unchanged"] == 2
    assert "without the shared AWS provider" not in ran.err


def test_it_does_not_run_as_root(engine):
    assert engine.shell("id -u; id -un").out.split() == ["10001", "provisioner"]


def test_the_tour_runs(engine):
    ran = engine.run("demo example.org")
    assert ran.status == 0, ran.err
    assert "example.org: destroyed" in ran.out


def test_an_init_is_process_one_and_reaps_orphans(engine):
    script = "sh -c 'sleep 0.1 & exit' ; sleep 0.5; grep -l '^State:.Z' /proc/[0-9]*/status; cat /proc/1/comm"
    ran = engine.run(["sandbox", "run", "--", "sh", "-c", script])
    assert ran.out.split() == ["tini"]


def test_the_health_check_is_the_program_itself(engine, until, client):
    assert client.images.get("provisioner").attrs["Config"]["Healthcheck"]["Test"] == ["CMD", "provisioner", "version"]
    container = engine.start(
        "sandbox serve", healthcheck={"test": ["CMD", "provisioner", "version"], "interval": 10**9}
    )
    until(container, "AWS_ENDPOINT_URL")
    assert container.exec_run(["provisioner", "version"]).exit_code == 0


@pytest.mark.parametrize("name", ["title", "description", "version", "revision", "created"])
def test_it_is_labelled(config, name):
    assert config["Labels"][f"org.opencontainers.image.{name}"]


def test_the_bill_of_materials_names_every_package_and_the_tools(engine):
    listed = json.loads(engine.shell("cat /usr/share/provisioner/sbom.cdx.json").out)
    found = {component["name"]: component["version"] for component in listed["components"]}
    assert (found["terraform"], found["hashicorp/aws"]) == ("1.11.4", "5.100.0")
    script = "import importlib.metadata as m; print(*(f'{d.name}={d.version}' for d in m.distributions()))"
    installed = dict(pair.split("=") for pair in engine.shell(f'python3 -c "{script}"').out.lower().split())
    installed.pop("ses-provisioner")
    spelled = {name.replace("_", "-").replace(".", "-"): version for name, version in installed.items()}
    base = {name for name in ("pip", "setuptools", "wheel") if name not in found}  # the base image's own
    assert {name: version for name, version in spelled.items() if name not in base}.items() <= found.items()


def test_no_compiler_cache_or_package_list_is_left(engine):
    script = """
        for program in cc gcc make cargo go; do command -v $program; done
        find / -xdev \\( -name '*.whl' -o -name .cache -o -name .terraform.d \\) 2>/dev/null | grep -v -e pip -e wheels
        find /var/lib/apt/lists /var/cache/apt -type f -size +64k 2>/dev/null
    """
    assert engine.shell(script, user="0").out == ""


def test_its_code_is_compiled(engine):
    script = (
        "cd /opt/provisioner/lib/python3*/site-packages/provisioner && ls *.py | wc -l && ls __pycache__/*.pyc | wc -l"
    )
    sources, compiled = engine.shell(script).out.split()
    assert sources == compiled


def test_no_file_of_the_program_can_be_written_by_it(engine):
    script = "find /opt/provisioner /usr/share/terraform /usr/local/bin /usr/share/provisioner -writable ! -type l"
    assert engine.shell(script).out == ""


def test_the_provider_in_the_image_is_the_one_that_is_locked(engine):
    script = """
        cd /tmp && cp /usr/share/terraform/plugins/.terraform.lock.hcl .
        echo '{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}}}' > main.tf.json
        terraform init -no-color -lockfile=readonly -plugin-dir=/usr/share/terraform/plugins
    """
    ran = engine.shell(script, network_mode="none")
    assert ran.status == 0, ran.out + ran.err
    assert "v5.100.0" in ran.out
