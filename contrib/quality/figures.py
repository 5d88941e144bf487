"""Shares, curves and what each rule does, computed from judged messages."""

import math
from dataclasses import dataclass

FALSE_RATES = (0.001, 0.01, 0.05)


def at_most(count, total):
    """The rate that the true one is below with 95 % certainty (Wilson's bound, one-sided), when
    count of total were seen: 0 of 15 says less than 0 of 1,500."""
    if total == 0:
        return 1.0
    z = 1.645
    share = count / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return min(1.0, (centre + spread) / (1 + z * z / total))


@dataclass
class Shares:
    messages: int
    accepted: int
    tagged: int
    held: int


def shares(messages):
    held = sum(message.held for message in messages)
    tagged = sum(message.verdict == "tag" for message in messages)
    return Shares(len(messages), len(messages) - tagged - held, tagged, held)


def by_set(messages):
    """Messages by their set, in order of name."""
    sets = {}
    for message in messages:
        sets.setdefault(message.set, []).append(message)
    return dict(sorted(sets.items()))


def senders(messages):
    """How many there are."""
    return len({message.sender for message in messages})


def curve(messages):
    """(threshold, false rate, caught share) for every score that occurs, the highest first: what
    were stopped if everything from that score on were. Empty without both kinds of mail."""
    wanted = sum(message.wanted for message in messages)
    unwanted = len(messages) - wanted
    if not wanted or not unwanted:
        return []
    points = []
    false = caught = 0
    ordered = sorted(messages, key=lambda message: -message.score)
    for index, message in enumerate(ordered):
        false += message.wanted
        caught += not message.wanted
        if index + 1 == len(ordered) or ordered[index + 1].score < message.score:
            points.append((message.score, false / wanted, caught / unwanted))
    return points


def caught_at(points, false_rate):
    """(threshold, caught share) of the lowest threshold whose false rate is no higher. The
    threshold is infinite where even the highest score has a higher one."""
    best = (math.inf, 0.0)
    for threshold, false, caught in points:
        if false > false_rate:
            break
        best = (threshold, caught)
    return best


@dataclass
class RuleUse:
    name: str
    hits: dict  # by label: messages it hit
    added: dict  # by label: the sum of what it added
    decided: dict  # by label: messages whose verdict were milder without it
    sets: dict  # by unwanted set: messages it hit

    def mean(self, label):
        return self.added[label] / self.hits[label] if self.hits[label] else 0.0


def rule_uses(messages, scoring):
    """Every rule in force, those that hit unwanted mail most often first."""
    uses = {name: RuleUse(name, *({"ham": 0, "spam": 0} for _ in range(3)), {})
            for name, rule in scoring.rules.items() if not rule.shadow}
    for message in messages:
        for name, score in message.hits.items():
            use = uses[name]
            use.hits[message.label] += 1
            use.added[message.label] += score
            if not message.wanted:
                use.sets[message.set] = use.sets.get(message.set, 0) + 1
            if message.stopped_or_tagged and scoring.milder_without(message, name):
                use.decided[message.label] += 1
    return sorted(uses.values(), key=lambda use: (-use.hits["spam"], -use.hits["ham"], use.name))


def worst_stopped(messages, count):
    """Wanted messages that are held, the highest score first; then those that are tagged."""
    stopped = [message for message in messages if message.wanted and message.stopped_or_tagged]
    return sorted(stopped, key=lambda message: (
        not message.held, -message.score, message.path))[:count]


def worst_missed(messages, count):
    """Unwanted messages that are accepted, the lowest score first: of each set and each sender in
    turn, as there are usually many without any hit."""
    missed = [message for message in messages if not message.wanted and message.verdict == "accept"]
    turn = {}
    order = []
    for message in sorted(missed, key=lambda message: (message.score, message.path)):
        of_set = turn[message.set] = turn.get(message.set, 0) + 1
        of_sender = turn[message.set, message.sender] = turn.get(
            (message.set, message.sender), 0) + 1
        order.append((of_sender, of_set, message.score, message.path, message))
    return [entry[-1] for entry in sorted(order, key=lambda entry: entry[:-1])[:count]]
