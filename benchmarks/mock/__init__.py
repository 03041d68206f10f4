"""A model server that answers at once, a plain client of it, and the job that both clients of the benchmarks do."""
