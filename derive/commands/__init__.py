"""The commands of `derive`, one module each with its `command`; whatever is heavy is imported inside."""
