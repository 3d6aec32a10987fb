"""Lists of units and delegates from and to XLSX and CSV files.

`sheets` reads any such file as rows of words, safely; `columns` guesses which column is what; `delegates` and `units` check the
rows and put them in; `files` writes templates and exports; `importing` is what the jobs process does with an upload.
"""
