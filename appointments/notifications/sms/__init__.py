"""Text messages: who sends them, and how many parts they take."""
