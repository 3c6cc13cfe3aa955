"""Statements about cells: which cannot all be true, whom to blame, what remains possible.

Stands by itself: problems in, answers out; nothing here reads a file of figures or a warehouse.
"""
