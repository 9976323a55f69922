locals {
  # arn:partition:ses:region:account, without asking AWS who we are.
  ses = join(":", slice(split(":", var.smtp_user.configuration_set_arn), 0, 5))

  own_addresses = "*@${var.smtp_user.domain}"
  from_address  = "${var.smtp_user.local_part}@${var.smtp_user.domain}"
}

# Its access keys are made and deleted outside Terraform, so that no secret enters the state.
resource "aws_iam_user" "this" {
  name                 = var.smtp_user.name
  path                 = "/provisioner/smtp/"
  permissions_boundary = var.smtp_user.permissions_boundary
  force_destroy        = false
  tags                 = var.smtp_user.tags
}

resource "aws_iam_user_policy" "send_as_domain" {
  name = "send-as-domain"
  user = aws_iam_user.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "ses:SendRawEmail"

      # SES authorises a recipient's identity of the same account too, so the domain's own identity would not do:
      # whom the mail is from is decided by the condition.
      Resource = ["${local.ses}:identity/*", var.smtp_user.configuration_set_arn]

      Condition = {
        StringLike = { "ses:FromAddress" = local.from_address }

        # The envelope sender, anywhere at the domain. IfExists: AWS does not say that SMTP always supplies it.
        StringLikeIfExists = { "ses:FeedbackAddress" = local.own_addresses }
      }
    }]
  })
}
