output "job_definition_arn" {
  description = "What `aws batch submit-job --job-definition` takes."
  value       = aws_batch_job_definition.this.arn
}

output "job_role_arn" {
  description = "The role whose permissions provision domains."
  value       = aws_iam_role.job.arn
}
