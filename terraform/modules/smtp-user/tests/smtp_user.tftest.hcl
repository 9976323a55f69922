mock_provider "aws" {}

variables {
  smtp_user = {
    name                  = "smtp-example.com"
    domain                = "example.com"
    configuration_set_arn = "arn:aws:ses:us-east-1:123456789012:configuration-set/example-com"
    tags                  = { ManagedBy = "provisioner" }
  }
}

run "the_user_sends_as_its_domain_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Action == "ses:SendRawEmail" && length(jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement) == 1
    error_message = "SMTP needs one action"
  }

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Condition.StringLike["ses:FromAddress"] == "*@example.com"
    error_message = "the From header is of the domain itself"
  }

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Condition.StringLikeIfExists["ses:FeedbackAddress"] == "*@example.com"
    error_message = "so is the envelope sender"
  }

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Resource == ["arn:aws:ses:us-east-1:123456789012:identity/*", "arn:aws:ses:us-east-1:123456789012:configuration-set/example-com"]
    error_message = "any recipient identity of the account, one configuration set"
  }
}

run "a_sender_has_one_from_address_and_any_envelope_sender_at_the_domain" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, { local_part = "Orders+eu.shop_1-a" })
  }

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Condition.StringLike["ses:FromAddress"] == "Orders+eu.shop_1-a@example.com"
    error_message = "the From header is exactly this address, case and all"
  }

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Condition.StringLikeIfExists["ses:FeedbackAddress"] == "*@example.com"
    error_message = "the envelope sender is of the domain"
  }
}

run "the_user_is_ours_and_has_no_keys_here" {
  command = plan

  assert {
    condition     = aws_iam_user.this.path == "/provisioner/smtp/" && !aws_iam_user.this.force_destroy
    error_message = "keys are made and deleted outside Terraform"
  }
}

run "another_partition_is_kept" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      configuration_set_arn = "arn:aws-us-gov:ses:us-gov-west-1:123456789012:configuration-set/example-com"
    })
  }

  assert {
    condition     = jsondecode(aws_iam_user_policy.send_as_domain.policy).Statement[0].Resource[0] == "arn:aws-us-gov:ses:us-gov-west-1:123456789012:identity/*"
    error_message = "the ARN is derived from the configuration set's"
  }
}

run "the_policy_of_a_long_address_fits_iam" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part            = join("", [for i in range(64) : "a"])
      domain                = "${join(".", [for i in range(4) : join("", [for j in range(50) : "a"])])}.example"
      configuration_set_arn = "arn:aws-us-gov:ses:us-gov-west-1:123456789012:configuration-set/${join("", [for i in range(64) : "a"])}"
    })
  }

  assert {
    condition     = length(aws_iam_user_policy.send_as_domain.policy) < 2048
    error_message = "inline policies of a user have 2048 characters at most"
  }
}
