"""Model servers that go wrong: slow, busy, cut off, talking nonsense, killed and started again."""
