"""The grammar of formulas: from tokens to the nodes of `derive.latex.syntax`; `derive.latex.parser` is the way in."""
