"""The reader: LaTeX text to tokens, macros in force, and the syntax tree; `derive.reader.parser` is the way in."""
