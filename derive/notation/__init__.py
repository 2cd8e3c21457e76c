"""What signs, functions, commands and words mean, as data that everything else imports; it imports nothing itself."""
