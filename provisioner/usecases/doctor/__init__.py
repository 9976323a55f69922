"""Diagnosis: facts gathered in parallel, pure checks over them, and what is done about it."""
