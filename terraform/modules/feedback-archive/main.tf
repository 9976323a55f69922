# In a state of its own: whatever becomes of the pipeline, no destroy of it can touch what was archived.
resource "aws_s3_bucket" "this" {
  bucket        = var.archive.bucket
  force_destroy = false # a bucket with events in it is never deleted
  tags          = var.archive.tags
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # Both change who may set a policy: one after the other.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "events-grow-cold"
    status = "Enabled"

    filter {
      prefix = "events/"
    }

    transition {
      days          = var.archive.colder_after
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = var.archive.coldest_after
      storage_class = "GLACIER_IR"
    }

    dynamic "expiration" {
      for_each = var.archive.expire_after == null ? [] : [var.archive.expire_after]

      content {
        days = expiration.value
      }
    }
  }

  rule {
    id     = "what-is-left-over"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.archive.old_versions
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
