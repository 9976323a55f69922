mock_provider "aws" {}

variables {
  archive = { bucket = "provisioner-feedback-123456789012-us-east-1" }
}

run "an_upper_case_bucket_is_refused" {
  command = plan

  variables {
    archive = merge(var.archive, { bucket = "Events" })
  }

  expect_failures = [var.archive]
}

run "a_class_that_is_billed_for_30_days_is_not_entered_before" {
  command = plan

  variables {
    archive = merge(var.archive, { colder_after = 29 })
  }

  expect_failures = [var.archive]
}

run "the_coldest_class_comes_after_the_colder" {
  command = plan

  variables {
    archive = merge(var.archive, { colder_after = 90, coldest_after = 119 })
  }

  expect_failures = [var.archive]
}

run "events_do_not_expire_before_they_are_cold" {
  command = plan

  variables {
    archive = merge(var.archive, { coldest_after = 365, expire_after = 365 })
  }

  expect_failures = [var.archive]
}
