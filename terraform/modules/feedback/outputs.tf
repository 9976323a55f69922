output "topic_arn" {
  description = "What the event destinations of configuration sets publish to."
  value       = aws_sns_topic.this.arn
}

output "queue_url" {
  description = "Where events wait for the collector."
  value       = aws_sqs_queue.this.url
}

output "dead_letter_queue_url" {
  description = "Where messages are that nobody could read."
  value       = aws_sqs_queue.dead_letters.url
}

output "collector" {
  description = "The function that brings events into the archive."
  value       = aws_lambda_function.collector.function_name
}
