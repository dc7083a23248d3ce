"""Compares counts of instructions with the budgets. Exit status 1 if one is exceeded, 2 if a budget cannot be checked."""
import re
import sys


def read(path):
    """The budgets; a line each, so that no library is needed. A line that is none is an error, with its place."""
    budgets = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.split("#")[0].strip()
        if not line or line == "budgets:":
            continue
        match = re.fullmatch(r"- \{ (.*) \}", line)
        pairs = dict(p.split(": ", 1) for p in match.group(1).split(", ")) if match else {}
        known = {"operation", "state", "against"}
        limits = set(pairs) - known
        if not known <= set(pairs) or len(limits) != 1 or not limits <= {"at-most-more", "at-most-ratio"}:
            sys.exit(f"{path}:{number}: not a budget: {line}")
        budgets.append(pairs)
    return budgets


def main():
    counts = {}
    for line in open(sys.argv[2], encoding="utf-8"):
        operation, state, count = line.split()
        counts[operation, state] = int(count)
    passed = failed = 0
    for budget in read(sys.argv[1]):
        operation, state, against = budget["operation"], budget["state"], budget["against"]
        if (operation, state) not in counts or (operation, against) not in counts:
            sys.exit(f"nothing was measured for {operation} in {state} or {against}")
        now, base = counts[operation, state], counts[operation, against]
        if "at-most-more" in budget:
            good = now - base <= int(budget["at-most-more"])
            text = f"{now - base:+d} (at most +{budget['at-most-more']})"
        else:
            good = now / base <= float(budget["at-most-ratio"])
            text = f"{now / base:.3f} times (at most {budget['at-most-ratio']})"
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} {operation}, {state} against {against}: {now} - {base} = {text}")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


sys.exit(main())
