"""Emergency leave: who is affected, which times they are offered, and what became of it. Reads only; `usecases` write."""
