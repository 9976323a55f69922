locals {
  # Rates of the account at which AWS reviews it are 5 % bounces and 0.1 % complaints: the first alarm comes well before.
  rates = {
    bounces-2-percent      = { metric = "Reputation.BounceRate", threshold = 0.02 }
    bounces-5-percent      = { metric = "Reputation.BounceRate", threshold = 0.05 }
    complaints-05-permille = { metric = "Reputation.ComplaintRate", threshold = 0.0005 }
    complaints-1-permille  = { metric = "Reputation.ComplaintRate", threshold = 0.001 }
  }
  prefix  = local.feedback.topic
  actions = [aws_sns_topic.operator.arn]
}

resource "aws_sns_topic" "operator" {
  name = "${local.feedback.topic}-operator"
  tags = local.feedback.tags
}

resource "aws_sns_topic_subscription" "operator" {
  count = local.feedback.operator == null ? 0 : 1

  topic_arn = aws_sns_topic.operator.arn
  protocol  = "email" # SNS asks the address first, and mails nothing before it agrees
  endpoint  = local.feedback.operator
}

resource "aws_cloudwatch_metric_alarm" "rate" {
  for_each = local.rates

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = "SES's ${each.value.metric} of the account: AWS reviews accounts from 5 % bounces and 0.1 % complaints. `provisioner account status` shows it."
  namespace           = "AWS/SES"
  metric_name         = each.value.metric
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching" # nothing was sent
  alarm_actions       = local.actions
  ok_actions          = local.actions
  tags                = local.feedback.tags
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${local.prefix}-dead-letters"
  alarm_description   = "Messages that nobody could read. `provisioner audit collect --dead-letters --dry-run` says how many."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = local.feedback.tags
}

resource "aws_cloudwatch_metric_alarm" "oldest_message" {
  alarm_name          = "${local.prefix}-oldest-message"
  alarm_description   = "An event has waited for three days; after 14 it is lost. `provisioner audit collect` brings it into the archive."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3 * 24 * 3600
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = local.feedback.tags
}

# `Runs` is written by a run that ended well, so that a function which fails or is never called is seen alike.
resource "aws_cloudwatch_metric_alarm" "not_run" {
  alarm_name          = "${local.prefix}-collector-not-run"
  alarm_description   = "The collector has not ended a run for 26 hours. Its log says why: /aws/lambda/${local.feedback.collector.name}"
  namespace           = "Provisioner/Audit"
  metric_name         = "Runs"
  dimensions          = { Function = local.feedback.collector.name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 26
  datapoints_to_alarm = 26
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions
  tags                = local.feedback.tags
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.prefix}-collector-errors"
  alarm_description   = "The collector failed; what it did not bring into the archive is still in the queue. Its log says why."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.collector.function_name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = local.feedback.tags
}
