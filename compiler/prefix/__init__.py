"""A dataset's calls in; what of their prompts is the same from row to row, and what follows from that, out.

An engine keeps the beginning of a prompt that it has read before. `segments` says what a prompt is made of and what
each piece varies with, `order` in which order of the axes neighbours share most, `size` how long the pieces are for
some rows, `share` how much could be kept at best, and `late` where a prompt is written against it.
"""
