"""One domain on SES: one file for each verb, and the stages that they share."""
