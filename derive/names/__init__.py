"""The symbol table: what a written name with its indices means, and how declared names are written."""
