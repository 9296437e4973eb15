"""Templates: the button that puts one into a message, and the dialog that keeps them."""
