"""Two runs over the same messages: which changed sides, and by which rules."""

from dataclasses import dataclass, field

from scoring import VERDICT_ORDER


@dataclass
class Change:
    before: object  # labelled.Message
    now: object
    rules: list  # what differs: "+RULE 1.20", "-RULE 0.50", "RULE 1.00 to 2.00"


@dataclass
class Comparison:
    changes: dict = field(default_factory=dict)  # (label, "graver" or "milder"): list of Change
    new: int = 0  # messages that the earlier run had not
    gone: int = 0  # and those that only it had


def _rules(before, now):
    lines = []
    for name in sorted(before.hits.keys() | now.hits.keys()):
        old, new = before.hits.get(name), now.hits.get(name)
        if old is None:
            lines.append(f"+{name} {new:.2f}")
        elif new is None:
            lines.append(f"-{name} {old:.2f}")
        elif abs(old - new) >= 0.005:
            lines.append(f"{name} {old:.2f} to {new:.2f}")
    return lines


def compare(before, now):
    """Messages of the same path whose verdict differs; within a kind of change, those whose score
    changed most come first."""
    earlier = {message.path: message for message in before}
    result = Comparison(gone=len(earlier.keys() - {message.path for message in now}))
    for message in now:
        old = earlier.get(message.path)
        if not old:
            result.new += 1
        elif old.verdict != message.verdict:
            graver = VERDICT_ORDER[message.verdict] > VERDICT_ORDER[old.verdict]
            kind = (message.label, "graver" if graver else "milder")
            result.changes.setdefault(kind, []).append(Change(old, message, _rules(old, message)))
    for changes in result.changes.values():
        changes.sort(key=lambda change: (-abs(change.now.score - change.before.score),
                                         change.now.path))
    return result
