"""What goes wrong around a container, and what is said about it."""

PROVISION = "sandbox run -- provisioner new-domain example.com --json --no-secret"


def test_a_workspace_without_a_volume_is_said_to_be_ephemeral(engine):
    ran = engine.run("sandbox run -- provisioner new-domain example.com", network_mode="none")
    assert ran.status == 0, ran.err
    assert "/data is a volume without a name" in ran.err
    assert "docker run -v provisioner:/data" in ran.err
    assert "go with this container" not in ran.out


def test_a_workspace_in_a_volume_needs_no_notice_and_is_kept(engine, volume, sandbox):
    volumes = [f"{volume}:/data"]
    first = engine.run("new-domain example.com --json", volumes=volumes, **sandbox)
    assert first.status == 0, first.err
    assert "go with this container" not in first.err
    second = engine.run("new-domain example.com --json", volumes=volumes, **sandbox)
    assert (second.status, second.document["changed"]) == (0, False)
    assert second.document["smtp"] == first.document["smtp"]


def test_a_volume_that_may_not_be_written_is_a_clear_error(engine, tmp_path):
    tmp_path.chmod(0o755)
    ran = engine.run(PROVISION, volumes=[f"{tmp_path}:/data"], user="4242:4242", network_mode="none")
    assert ran.status == 1
    assert "Permission denied" in ran.document["error"]["message"]
    assert ran.document["error"]["hint"]


def test_a_read_only_volume_is_a_clear_error(engine, volume):
    ran = engine.run(PROVISION, volumes=[f"{volume}:/data:ro"], network_mode="none")
    assert ran.status == 1
    assert "Read-only file system" in ran.document["error"]["message"]


def test_a_full_volume_is_a_clear_error(engine):
    ran = engine.run(PROVISION, tmpfs={"/data": "size=8k,mode=1777"}, network_mode="none")
    assert ran.status == 1
    assert "No space left on device" in ran.err


def test_without_aws_variables_the_error_names_them(engine):
    environment = {"AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    ran = engine.run("new-domain example.com --json", environment=environment, network_mode="none")
    assert ran.status == 1
    assert "AWS_ACCESS_KEY_ID" in ran.document["error"]["hint"]


def test_without_a_network_the_error_says_so(engine):
    environment = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}
    ran = engine.run("new-domain example.com --json", environment=environment, network_mode="none")
    assert ran.status == 1
    assert "sts" in ran.document["error"]["message"].lower()


def test_an_unknown_command_is_an_error_of_usage(engine):
    ran = engine.run("new-domian example.com")
    assert ran.status == 2
    assert "new-domian" in ran.err


def test_without_a_command_the_help_is_shown(engine):
    ran = engine.run([])
    assert ran.status == 2
    assert "Usage: provisioner COMMAND" in ran.out


def test_a_stop_in_the_middle_of_an_apply_saves_the_state_and_a_second_run_completes(engine, volume, sandbox, until):
    options = {"volumes": [f"{volume}:/data"], **sandbox}
    container = engine.start("new-domain stopped.example --json --no-secret", **options)
    until(container, "Creation complete")
    container.stop(timeout=60)  # the engine kills after that, and the status is another
    stopped = engine.finish(container)
    assert stopped.status == 130, stopped.err
    again = engine.run("new-domain stopped.example --json --no-secret", **options)
    assert again.status == 0, again.err
    assert again.document["changed"] is True
    assert engine.run("plan stopped.example", **options).status == 0


def test_the_signal_of_a_stop_reaches_terraform_exactly_once(engine, volume, sandbox, until):
    options = {"volumes": [f"{volume}:/data"], **sandbox}
    container = engine.start("new-domain once.example", **options)
    until(container, "Creation complete")
    container.stop(timeout=60)
    script = "cat /data/domains/once.example/*.log /data/domains/once.example/logs/* 2>/dev/null"
    log = engine.shell(script, volumes=options["volumes"]).out
    assert log.count("Interrupt received") == 1
    assert "Two interrupts received" not in log


def test_after_a_kill_in_the_middle_of_an_apply_the_next_run_completes_and_doubles_nothing(
    engine, volume, sandbox, until
):
    options = {"volumes": [f"{volume}:/data"], **sandbox}
    container = engine.start("new-domain killed.example --json --no-secret", **options)
    until(container, "Creation complete")
    container.kill()
    assert engine.finish(container).status == 137
    again = engine.run("new-domain killed.example --json --no-secret", **options)
    assert again.status == 0
    assert again.document["smtp"]["user_name"]
    planned = engine.run("plan killed.example --json", **options)
    assert (planned.status, planned.document["changed"]) == (0, False)
