"""Writing features through a layer: what WFS-T and OGC API – Features Part 4 call, and what a layer answers.

`contract` has the interface and its values, `door` finds a layer's editor for a person, `values` reads what clients send,
`rows` is the ready-made editor of plain layers, `verb` the one place where it writes.
"""
