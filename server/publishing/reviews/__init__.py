"""What whoever approves looks at: every picture, what changed, where and when it shows; and the four questions."""
