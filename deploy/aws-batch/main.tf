# A job definition for AWS Batch on Fargate. Submitted as an array job, each child does its shard: AWS Batch tells every
# child its index and the size.
#
#   aws batch submit-job --job-name domains --job-queue QUEUE --job-definition provisioner \
#     --array-properties size=4 --parameters manifest=/data/domains.yaml,run=domains

locals {
  states = {
    bucket = split("/", trimprefix(var.states, "s3://"))[0]
    prefix = join("/", slice(split("/", trimprefix(var.states, "s3://")), 1, length(split("/", trimprefix(var.states, "s3://")))))
  }
  environment = {
    AWS_REGION        = var.region
    PROVISIONER_HOME  = "/data"
    PROVISIONER_STATE = var.states
    PROVISIONER_STORE = "secretsmanager" # one secret a domain or sender, below provisioner/smtp/, in the region above
  }
}

resource "aws_batch_job_definition" "this" {
  name                  = var.name
  type                  = "container"
  platform_capabilities = ["FARGATE"]
  propagate_tags        = true
  tags                  = var.tags

  parameters = {
    manifest = "/data/domains.yaml"
    run      = "domains"
  }

  container_properties = jsonencode({
    image            = var.image
    command          = ["batch", "Ref::manifest", "--run", "Ref::run"]
    jobRoleArn       = aws_iam_role.job.arn
    executionRoleArn = aws_iam_role.execution.arn
    user             = "10001:10001"
    environment      = [for name, value in local.environment : { name = name, value = value }]

    resourceRequirements = [
      { type = "VCPU", value = tostring(var.vcpu) },
      { type = "MEMORY", value = tostring(var.memory) },
    ]
    networkConfiguration         = { assignPublicIp = var.assign_public_ip ? "ENABLED" : "DISABLED" }
    fargatePlatformConfiguration = { platformVersion = "LATEST" }
    runtimePlatform              = { operatingSystemFamily = "LINUX", cpuArchitecture = var.architecture }

    volumes = [{
      name = "data"
      efsVolumeConfiguration = {
        fileSystemId        = var.file_system.id
        transitEncryption   = "ENABLED"
        authorizationConfig = { accessPointId = var.file_system.access_point_id, iam = "ENABLED" }
      }
    }]
    mountPoints = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
      }
    }
  })

  # The run has a name, so a child that is tried again goes on where it was. 2: bad input, 5: refused; no retry helps.
  retry_strategy {
    attempts = 3

    evaluate_on_exit {
      action       = "EXIT"
      on_exit_code = "2"
    }
    evaluate_on_exit {
      action       = "EXIT"
      on_exit_code = "5"
    }
    evaluate_on_exit {
      action       = "RETRY"
      on_exit_code = "*"
    }
  }

  timeout {
    attempt_duration_seconds = var.timeout
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/batch/${var.name}"
  retention_in_days = 30
  tags              = var.tags
}
