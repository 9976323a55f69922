mock_provider "aws" {
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-1:123456789012:provisioner-feedback" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:provisioner-feedback" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:provisioner-collector" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/provisioner/provisioner-collector-us-east-1" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/provisioner-collector" }
  }
}

variables {
  feedback = {
    account           = "123456789012"
    region            = "us-east-1"
    topic             = "provisioner-feedback"
    queue             = "provisioner-feedback"
    dead_letter_queue = "provisioner-feedback-dead"
    bucket            = "provisioner-feedback-123456789012-us-east-1"

    collector = {
      name     = "provisioner-collector"
      zip      = "functions.zip"
      hash     = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
      handler  = "provisioner.lambdas.collector.handler"
      schedule = "rate(1 day)"
    }
  }
}

run "only_configuration_sets_of_this_account_and_region_publish" {
  assert {
    condition = jsondecode(aws_sns_topic.this.policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "123456789012" }
      ArnLike      = { "aws:SourceArn" = "arn:aws:ses:us-east-1:123456789012:configuration-set/*" }
    }
    error_message = "SES publishes for our configuration sets"
  }

  assert {
    condition = alltrue([
      jsondecode(aws_sns_topic.this.policy).Statement[1].Effect == "Deny",
      jsondecode(aws_sns_topic.this.policy).Statement[1].Principal == "*",
      jsondecode(aws_sns_topic.this.policy).Statement[1].Condition.ArnNotLike["aws:SourceArn"] == "arn:aws:ses:us-east-1:123456789012:configuration-set/*",
    ])
    error_message = "and nobody else, whatever IAM allows"
  }
}

run "only_the_topic_sends_to_the_queue" {
  assert {
    condition     = jsondecode(aws_sqs_queue.this.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == aws_sns_topic.this.arn
    error_message = "the topic does, and its name in the policy is its ARN"
  }

  assert {
    condition = alltrue([
      jsondecode(aws_sqs_queue.this.policy).Statement[1].Effect == "Deny",
      jsondecode(aws_sqs_queue.this.policy).Statement[1].Action == "sqs:SendMessage",
      jsondecode(aws_sqs_queue.this.policy).Statement[1].Condition.ArnNotEquals["aws:SourceArn"] == aws_sns_topic.this.arn,
    ])
    error_message = "nobody else does, and no more than sending is denied"
  }

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dead_letters] :
      contains([for one in jsondecode(queue.policy).Statement : one.Sid], "OnlyOverTls")
    ])
    error_message = "both answer over TLS only"
  }
}

run "messages_wait_for_two_weeks_and_a_bad_one_leaves_after_five_tries" {
  assert {
    condition     = aws_sqs_queue.this.message_retention_seconds == 1209600 && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600
    error_message = "14 days are the most that SQS keeps"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = "five tries"
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds > aws_lambda_function.collector.timeout
    error_message = "nobody gets a message that a collector may still be at"
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.dead_letters.sqs_managed_sse_enabled
    error_message = "both are encrypted"
  }

  assert {
    condition     = aws_sns_topic_subscription.queue.raw_message_delivery
    error_message = "events come without an envelope"
  }
}

run "the_collector_may_do_what_it_does_and_no_more" {
  assert {
    condition = sort(flatten([for one in jsondecode(aws_iam_role_policy.collector.policy).Statement : one.Action])) == tolist([
      "logs:CreateLogStream", "logs:PutLogEvents",
      "s3:GetObject", "s3:ListBucket", "s3:PutObject",
      "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage",
    ])
    error_message = "it deletes no object, and makes nothing"
  }

  assert {
    condition     = !contains(flatten([for one in jsondecode(aws_iam_role_policy.collector.policy).Statement : one.Resource]), "*")
    error_message = "each permission names its resource"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.schedule.policy).Statement[0].Action == "lambda:InvokeFunction"
    error_message = "the schedule calls the function"
  }
}

run "a_failed_run_is_begun_again_by_its_schedule_only" {
  assert {
    condition     = aws_lambda_function_event_invoke_config.collector.maximum_retry_attempts == 0
    error_message = "not by Lambda"
  }

  assert {
    condition     = aws_scheduler_schedule.collector.target[0].retry_policy[0].maximum_retry_attempts == 3
    error_message = "three times"
  }
}

run "logs_are_kept_for_a_while" {
  assert {
    condition     = aws_cloudwatch_log_group.collector.retention_in_days == 90
    error_message = "90 days"
  }
}

run "nobody_is_mailed_without_an_operator" {
  assert {
    condition     = length(aws_sns_topic_subscription.operator) == 0
    error_message = "no address, no mail"
  }
}

run "alarms_go_to_the_operator" {
  variables {
    feedback = merge(var.feedback, { operator = "ops@example.com" })
  }

  assert {
    condition     = aws_sns_topic_subscription.operator[0].endpoint == "ops@example.com"
    error_message = "to this address"
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.rate), [
        aws_cloudwatch_metric_alarm.dead_letters, aws_cloudwatch_metric_alarm.oldest_message,
        aws_cloudwatch_metric_alarm.not_run, aws_cloudwatch_metric_alarm.errors,
      ]) : alarm.alarm_actions == toset([aws_sns_topic.operator.arn])
    ])
    error_message = "from every alarm"
  }
}

run "alarms_come_before_aws_reviews_the_account" {
  assert {
    condition     = sort([for alarm in values(aws_cloudwatch_metric_alarm.rate) : "${alarm.metric_name} ${alarm.threshold}"]) == tolist(["Reputation.BounceRate 0.02", "Reputation.BounceRate 0.05", "Reputation.ComplaintRate 0.0005", "Reputation.ComplaintRate 0.001"])
    error_message = "at 2 and 5 % bounces, 0.05 and 0.1 % complaints"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.not_run.treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.not_run.evaluation_periods * aws_cloudwatch_metric_alarm.not_run.period == 26 * 3600
    error_message = "a collector that is silent for 26 hours is an alarm"
  }
}
