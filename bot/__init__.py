"""Answer questions about a privacy policy with citations to its clauses.

The modules in the order of one question's way:

- reading: ``errors``, ``types``, ``settings``, ``wording`` (every text users see), ``policy`` (the
  corpus), ``bank`` (the question bank);
- indexing: ``text`` (cleaning and languages), ``passages``, ``encoders``, ``stores``, ``lexical``,
  ``index``;
- answering: ``followup``, ``retrieve``, ``gate``, ``compose``, ``verify``, ``assistant``;
- the doors: ``lookup`` and ``langchain_seams``, ``cli``, ``web``.

Importing this package loads no model, opens no connection and makes no folder.
"""

__version__ = "0.3.0"
