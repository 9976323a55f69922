output "bucket" {
  description = "The bucket that keeps every event of SES."
  value       = aws_s3_bucket.this.bucket
}
