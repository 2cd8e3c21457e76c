"""Commands that viewers and common packages define (physics, mathtools, amsmath, KaTeX, MathJax), as macros."""

from __future__ import annotations

MACROS: dict[str, tuple[int, str]] = {
    **{f"\\{name}": (0, f"\\mathbb{{{name}}}") for name in "RNZ"},
    **{"\\Reals": (0, "\\mathbb{R}"), "\\part": (0, "\\partial"), "\\infin": (0, "\\infty"), "\\isin": (0, "\\in")},
    **{"\\lang": (0, "\\langle"), "\\rang": (0, "\\rangle"), "\\half": (0, "\\frac{1}{2}")},
    **{"\\mleft": (0, "\\left"), "\\mright": (0, "\\right"), "\\vcentcolon": (0, ":")},
    **{"\\grad": (0, "\\nabla"), "\\gradient": (0, "\\nabla")},
    **{"\\norm": (1, "\\left\\|#1\\right\\|"), "\\abs": (1, "\\left|#1\\right|")},
    **{"\\vb": (1, "\\mathbf{#1}"), "\\va": (1, "\\vec{#1}"), "\\vu": (1, "\\hat{#1}")},
    **{"\\eval": (1, "\\left.#1\\right|"), "\\vqty": (1, "\\left|#1\\right|")},
    **{"\\bra": (1, "{#1}^{\\top}"), "\\ket": (1, "{#1}")},
    **dict.fromkeys(("\\inner", "\\innerproduct", "\\ip"), (2, "\\langle #1, #2\\rangle")),
}
"""The number of arguments and the text of each; a star or a size behind the name says nothing.

A definition in the document wins.
"""
