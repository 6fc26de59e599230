"""The proof of a cancellation: a numbered PDF that anybody can check."""
