"""Coopbot answers questions about cooperatives from a curated corpus of French articles.

ARCHITECTURE.md follows a question and an article through these modules.
"""

__version__ = "0.2.0"
