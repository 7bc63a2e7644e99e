"""What is broken, where and since when."""
