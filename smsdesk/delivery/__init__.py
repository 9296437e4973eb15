"""A queued row becomes a fact: claiming, submitting, classifying, recovering, asking."""
