"""A dataset's candidates in; its tables, made by many processes on many machines, out: the rows of one machine."""
