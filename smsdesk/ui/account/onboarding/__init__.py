"""The assistant of the first start: from no account to a message that arrived."""
