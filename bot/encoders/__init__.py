"""Turn texts into vectors: every model goes through sentence-transformers."""
