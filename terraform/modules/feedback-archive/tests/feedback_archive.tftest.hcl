mock_provider "aws" {}

variables {
  archive = { bucket = "provisioner-feedback-123456789012-us-east-1" }
}

run "events_are_never_deleted_with_their_bucket" {
  command = plan

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "a bucket with events in it is never deleted"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "what was deleted or replaced can be brought back"
  }
}

run "the_bucket_is_private_and_encrypted" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "nothing of it is public, whatever a policy says"
  }

  assert {
    condition     = [for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule : rule.apply_server_side_encryption_by_default[0].sse_algorithm] == ["AES256"]
    error_message = "objects are encrypted at rest"
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "whoever writes an object, the account owns it"
  }
}

run "it_answers_over_tls_only" {
  override_resource {
    target = aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::provisioner-feedback-123456789012-us-east-1" }
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Effect == "Deny" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "plain HTTP is refused"
  }

  assert {
    condition     = length(jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Resource) == 2
    error_message = "for the bucket and its objects"
  }
}

run "events_are_kept_for_ever_unless_a_setting_says_otherwise" {
  command = plan

  assert {
    condition     = { for one in aws_s3_bucket_lifecycle_configuration.this.rule[0].transition : one.storage_class => one.days } == { STANDARD_IA = 90, GLACIER_IR = 365 }
    error_message = "events grow cold"
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration) == 0
    error_message = "and are not deleted"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "old versions go after 30 days"
  }
}

run "events_expire_by_setting" {
  command = plan

  variables {
    archive = merge(var.archive, { expire_after = 1095 })
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 1095
    error_message = "after so many days"
  }
}
