"""What is done? Verbs of the court: one function = one transaction = at least one trail entry."""
