"""The rules of a sitting. Pure: standard library only, no I/O, no clock, no framework.

`decide(state, command, actor, now)` judges a command and gives the events it causes, or raises a named `Refusal`;
`apply(state, recorded)` is the only place where state changes. RULES.md holds the numbered rules that code and tests cite.
"""
