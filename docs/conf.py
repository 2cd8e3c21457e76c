"""Sphinx configuration: MyST pages, the furo theme, formulas as MathML (no script, nothing loaded from elsewhere)."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "derive"
author = "The derive developers"
copyright = "the derive developers"
version = release = version_of("derive-backprop")

extensions = ["myst_parser", "sphinx.ext.autodoc", "docstrings", "mathml", "transcript"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath", "attrs_block"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"

html_theme = "furo"
html_title = f"derive {version}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["derive.css"]
html_show_sphinx = False
html_show_copyright = False
pygments_style = "friendly"
