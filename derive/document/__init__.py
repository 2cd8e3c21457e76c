"""Documents: where the formulas, models and directives of a Markdown, LaTeX or notebook file stand."""
