"""Regression evaluation: cases, metrics, baselines, the runner and its report.

Named ``eval`` as engineers look for it; nothing here shadows the built-in inside other modules.
"""
