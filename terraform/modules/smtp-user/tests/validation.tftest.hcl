mock_provider "aws" {}

variables {
  smtp_user = {
    name                  = "smtp-example.com"
    domain                = "example.com"
    configuration_set_arn = "arn:aws:ses:us-east-1:123456789012:configuration-set/example-com"
    tags                  = { ManagedBy = "provisioner" }
  }
}

run "a_name_with_a_slash_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      name = "smtp/example"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_name_of_65_characters_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      name = join("", [for i in range(65) : "a"])
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_wildcard_domain_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      domain = "*.com"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_domain_with_a_trailing_dot_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      domain = "example.com."
    })
  }

  expect_failures = [var.smtp_user]
}

run "an_upper_case_domain_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      domain = "Example.com"
    })
  }

  expect_failures = [var.smtp_user]
}

run "every_configuration_set_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      configuration_set_arn = "arn:aws:ses:us-east-1:123456789012:configuration-set/*"
    })
  }

  expect_failures = [var.smtp_user]
}

run "an_arn_without_account_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      configuration_set_arn = "arn:aws:ses:us-east-1::configuration-set/example-com"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_wildcard_in_a_local_part_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = "or*"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_question_mark_in_a_local_part_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = "order?"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_policy_variable_as_local_part_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = "$${aws:username}"
    })
  }

  expect_failures = [var.smtp_user]
}

run "an_empty_local_part_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = ""
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_local_part_that_ends_with_a_dot_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = "orders."
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_local_part_with_two_dots_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = "or..ders"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_whole_address_as_local_part_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = "orders@example.com"
    })
  }

  expect_failures = [var.smtp_user]
}

run "a_local_part_of_65_characters_is_refused" {
  command = plan

  variables {
    smtp_user = merge(var.smtp_user, {
      local_part = join("", [for i in range(65) : "a"])
    })
  }

  expect_failures = [var.smtp_user]
}
