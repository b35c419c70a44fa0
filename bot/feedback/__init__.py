"""Feedback: what customers say of answers, masked of personal data and kept for a time."""
