# What the container may do (docs/permissions.md), and what Fargate may do to start it.

data "aws_partition" "this" {}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "job" {
  name               = "${var.name}-job"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
  tags               = var.tags
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "provisioner" {
  name   = "provisioner"
  role   = aws_iam_role.job.id
  policy = jsonencode(var.policy)
}

data "aws_iam_policy_document" "storage" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:${data.aws_partition.this.partition}:s3:::${local.states.bucket}"]
  }

  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["arn:${data.aws_partition.this.partition}:s3:::${local.states.bucket}/${local.states.prefix}/*"]
  }

  statement {
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [var.file_system.arn]
  }
}

data "aws_iam_policy_document" "credentials" {
  statement {
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:RestoreSecret",
      "secretsmanager:TagResource",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = ["arn:${data.aws_partition.this.partition}:secretsmanager:${var.region}:*:secret:provisioner/smtp/*"]
  }
}

resource "aws_iam_role_policy" "credentials" {
  name   = "credentials"
  role   = aws_iam_role.job.id
  policy = data.aws_iam_policy_document.credentials.json
}

resource "aws_iam_role_policy" "storage" {
  name   = "storage"
  role   = aws_iam_role.job.id
  policy = data.aws_iam_policy_document.storage.json
}
