"""Read the corpus: the policy's editions, its clauses' blocks, and the question bank."""
