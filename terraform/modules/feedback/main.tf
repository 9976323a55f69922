locals {
  feedback = var.feedback

  # ARNs by name: a policy inside a resource cannot name the resource itself, and each policy resource of its own costs
  # 25 seconds of the provider's waiting.
  here                  = "${local.feedback.partition}:%s:${local.feedback.region}:${local.feedback.account}"
  topic_arn             = "arn:${format(local.here, "sns")}:${local.feedback.topic}"
  queue_arn             = "arn:${format(local.here, "sqs")}:${local.feedback.queue}"
  dead_letter_queue_arn = "arn:${format(local.here, "sqs")}:${local.feedback.dead_letter_queue}"
  configuration_sets    = "arn:${format(local.here, "ses")}:configuration-set/*"
  bucket_arn            = "arn:${local.feedback.partition}:s3:::${local.feedback.bucket}"

  two_weeks = 14 * 24 * 3600
  timeout   = 900 # seconds, the longest that a function may run
}

# ---- SES -> topic -> queue

resource "aws_sns_topic" "this" {
  name = local.feedback.topic
  tags = local.feedback.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OurConfigurationSetsPublish"
        Effect    = "Allow"
        Principal = { Service = "ses.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = local.feedback.account }
          ArnLike      = { "aws:SourceArn" = local.configuration_sets }
        }
      },
      # What IAM allows a user of this account needs no consent of the topic: so it is denied. A statement that names
      # no SourceArn, as every call of a user, is met by ArnNotLike.
      {
        Sid       = "NobodyElsePublishes"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { ArnNotLike = { "aws:SourceArn" = local.configuration_sets } }
      },
    ]
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = local.feedback.dead_letter_queue
  message_retention_seconds = local.two_weeks
  sqs_managed_sse_enabled   = true
  tags                      = local.feedback.tags

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arn]
  })

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = local.dead_letter_queue_arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_sqs_queue" "this" {
  name                       = local.feedback.queue
  message_retention_seconds  = local.two_weeks
  visibility_timeout_seconds = local.timeout + 60 # nobody else gets a message while a collector may still be at it
  receive_wait_time_seconds  = 1
  sqs_managed_sse_enabled    = true
  tags                       = local.feedback.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 5
  })

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OurTopicSends"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.queue_arn
        Condition = { ArnEquals = { "aws:SourceArn" = local.topic_arn } }
      },
      {
        Sid       = "NobodyElseSends"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:SendMessage"
        Resource  = local.queue_arn
        Condition = { ArnNotEquals = { "aws:SourceArn" = local.topic_arn } }
      },
      {
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.queue_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.this.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this.arn
  raw_message_delivery = true # half the bytes, and no second parse
}

# ---- queue -> collector -> archive

resource "aws_cloudwatch_log_group" "collector" {
  name              = "/aws/lambda/${local.feedback.collector.name}"
  retention_in_days = local.feedback.log_retention_days
  tags              = local.feedback.tags
}

resource "aws_iam_role" "collector" {
  name = "${local.feedback.collector.name}-${local.feedback.region}"
  path = "/provisioner/"
  tags = local.feedback.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.feedback.account } }
    }]
  })
}

resource "aws_iam_role_policy" "collector" {
  name = "collect"
  role = aws_iam_role.collector.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Queue"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
        Resource = aws_sqs_queue.this.arn
      },
      {
        Sid      = "DeadLetters"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = aws_sqs_queue.dead_letters.arn
      },
      {
        Sid      = "Archive"
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetObject"] # what a day has already is read before more is written
        Resource = "${local.bucket_arn}/events/*"
      },
      {
        Sid       = "ArchiveDays"
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = local.bucket_arn
        Condition = { StringLike = { "s3:prefix" = "events/*" } }
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.collector.arn}:*"
      },
    ]
  })
}

resource "aws_lambda_function" "collector" {
  function_name    = local.feedback.collector.name
  role             = aws_iam_role.collector.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = local.feedback.collector.handler
  filename         = local.feedback.collector.zip
  source_code_hash = local.feedback.collector.hash
  timeout          = local.timeout
  memory_size      = local.feedback.collector.memory
  tags             = local.feedback.tags

  environment {
    variables = {
      QUEUE_URL             = aws_sqs_queue.this.url
      DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url
      ARCHIVE_BUCKET        = local.feedback.bucket
    }
  }

  depends_on = [aws_iam_role_policy.collector, aws_cloudwatch_log_group.collector]
}

# A run that failed is not begun again at once: the messages are still there, and the schedule has its own attempts.
resource "aws_lambda_function_event_invoke_config" "collector" {
  function_name          = aws_lambda_function.collector.function_name
  maximum_retry_attempts = 0
}

# ---- by the clock

resource "aws_iam_role" "schedule" {
  name = "${local.feedback.collector.name}-schedule-${local.feedback.region}"
  path = "/provisioner/"
  tags = local.feedback.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.feedback.account } }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  name = "invoke"
  role = aws_iam_role.schedule.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = aws_lambda_function.collector.arn
    }]
  })
}

resource "aws_scheduler_schedule" "collector" {
  name                         = local.feedback.collector.name
  schedule_expression          = local.feedback.collector.schedule
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.collector.arn
    role_arn = aws_iam_role.schedule.arn

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 3600
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}
