"""The steps that bring a feedback database to the shape this program works with."""
