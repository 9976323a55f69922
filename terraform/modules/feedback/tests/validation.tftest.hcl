mock_provider "aws" {}

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

run "an_account_is_a_number" {
  command = plan

  variables {
    feedback = merge(var.feedback, { account = "example" })
  }

  expect_failures = [var.feedback]
}

run "a_queue_with_a_dot_is_refused" {
  command = plan

  variables {
    feedback = merge(var.feedback, { queue = "events.fifo" })
  }

  expect_failures = [var.feedback]
}

run "dead_letters_have_a_queue_of_their_own" {
  command = plan

  variables {
    feedback = merge(var.feedback, { dead_letter_queue = "provisioner-feedback" })
  }

  expect_failures = [var.feedback]
}

run "an_operator_is_an_address" {
  command = plan

  variables {
    feedback = merge(var.feedback, { operator = "nobody" })
  }

  expect_failures = [var.feedback]
}

run "a_schedule_is_an_expression" {
  command = plan

  variables {
    feedback = merge(var.feedback, { collector = merge(var.feedback.collector, { schedule = "daily" }) })
  }

  expect_failures = [var.feedback]
}
