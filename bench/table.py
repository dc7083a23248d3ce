"""Prints counts of instructions as a table: a line an operation, a column a state."""
import sys

counts, states = {}, []
for line in open(sys.argv[1], encoding="utf-8"):
    operation, state, count = line.split()
    counts.setdefault(operation, {})[state] = int(count)
    if state not in states:
        states.append(state)

print("%-28s" % "operation" + "".join("%16s" % state for state in states))
for operation, by_state in counts.items():
    base = by_state[states[0]]
    cells = ["%16d" % base] + ["%9d (%.2f)" % (by_state[s], by_state[s] / base) for s in states[1:]]
    print("%-28s" % operation + "".join(cells))
