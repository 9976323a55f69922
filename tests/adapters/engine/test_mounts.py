from pathlib import Path

import pytest

from provisioner.adapters.engine.mounts import ephemeral, ephemeral_notice

ROOT = "82 57 0:39 / / rw,relatime master:2 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X"
VOLUMES = "/var/lib/docker/volumes"
ANONYMOUS = "22f9d12ad240063d2d806524ce4ab921e0f9d84c510d61e5ebf1c3f9eb8e654d"


def mounted(root, point="/data", kind="ext4"):
    return f"{ROOT}\n99 82 254:0 {root} {point} rw,relatime master:1 - {kind} /dev/vda rw"


@pytest.mark.parametrize(
    ("mountinfo", "reason"),
    [
        (ROOT, "no volume"),
        (mounted(f"{VOLUMES}/{ANONYMOUS}/_data"), "a volume without a name"),
        (mounted(f"/var/lib/containerd/containers/c/volumes/{ANONYMOUS}"), "a volume without a name"),
        (mounted("/", kind="tmpfs"), "in memory"),
        (mounted("/var/lib/kubelet/pods/p/volumes/kubernetes.io~empty-dir/data"), "an emptyDir"),
    ],
)  # fmt: skip
def test_what_goes_with_the_container_is_recognised(mountinfo, reason):
    assert ephemeral(mountinfo, "/data/domains") == reason


@pytest.mark.parametrize(
    "root",
    [
        f"{VOLUMES}/provisioner/_data",
        "/home/ada/sites",
        "/home/ada/with\\040space",
        "/var/lib/kubelet/pods/p/volumes/kubernetes.io~csi/pvc-1/mount",
    ],
)
def test_a_named_volume_or_a_directory_of_the_host_stays(root):
    assert ephemeral(mounted(root), "/data") is None


def test_a_mount_beside_the_path_does_not_count():
    assert ephemeral(mounted("/home/ada", point="/data2"), "/data") == "no volume"


def test_of_two_mounts_on_one_point_the_last_decides():
    twice = mounted("/home/ada") + "\n" + mounted("/", kind="tmpfs")
    assert ephemeral(twice, "/data") == "in memory"


@pytest.fixture
def mounts(tmp_path):
    path = tmp_path / "mountinfo"
    path.write_text(ROOT + "\n")
    return path


def test_the_notice_says_what_goes_what_stays_and_how_to_keep_it(mounts, tmp_path):
    notice = ephemeral_notice({"PROVISIONER_IMAGE": "1"}, tmp_path / "data", mounts)
    assert notice is not None
    assert "the Terraform states and the SMTP passwords in it go with this container" in notice
    assert "AWS stays" in notice
    assert f"-v provisioner:{tmp_path / 'data'}" in notice


def test_a_command_that_prints_no_passwords_does_not_say_to_save_what_is_printed(mounts, tmp_path):
    notice = ephemeral_notice({"PROVISIONER_IMAGE": "1"}, tmp_path, mounts, printed=False)
    assert notice is not None
    assert notice.endswith("`-e PROVISIONER_STORE=secretsmanager` or `ssm`: this command prints none")


def test_a_state_in_s3_is_named_among_what_stays(mounts, tmp_path):
    environment = {"PROVISIONER_IMAGE": "1", "PROVISIONER_STATE": "s3://bucket/prefix"}
    notice = ephemeral_notice(environment, tmp_path, mounts)
    assert notice is not None
    assert "the Terraform state in S3" in notice
    assert "no volume: the SMTP passwords" in notice


def test_passwords_in_a_store_on_aws_are_named_among_what_stays(mounts, tmp_path):
    notice = ephemeral_notice({"PROVISIONER_IMAGE": "1", "PROVISIONER_STORE": "ssm"}, tmp_path, mounts)
    assert notice is not None
    assert "no volume: the Terraform states in it" in notice
    assert "the SMTP passwords in their store, stays" in notice
    assert "not shown again" not in notice


def test_where_neither_states_nor_passwords_are_there_nothing_is_said(mounts, tmp_path):
    environment = {"PROVISIONER_IMAGE": "1", "PROVISIONER_STATE": "s3://b/p", "PROVISIONER_STORE": "secretsmanager"}
    assert ephemeral_notice(environment, tmp_path, mounts) is None


def test_outside_the_image_nothing_is_said(mounts, tmp_path):
    assert ephemeral_notice({}, tmp_path, mounts) is None


def test_a_workspace_that_stays_needs_no_notice(tmp_path):
    path = tmp_path / "mountinfo"
    path.write_text(mounted("/home/ada/sites") + "\n")

    assert ephemeral_notice({"PROVISIONER_IMAGE": "1"}, Path("/data"), path) is None
