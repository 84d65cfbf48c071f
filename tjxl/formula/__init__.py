"""Formulas: a parser and an evaluator for the functions that tjxl writes into its workbooks. Pure."""
