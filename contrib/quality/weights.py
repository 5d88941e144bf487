"""Fitting how much each rule weighs: bounded logistic regression over hits.

Every rule's score is multiplied by a number of its own, between bounds above zero, so that no rule
changes its sign. A score is computed as Outvet does: rules add up by group, each group up to its
cap; what a hit adds has the class's multiplier in it already. The thresholds stay what they are,
and the loss asks what they mean: wanted mail should stay below the tag threshold, and well below
the hold threshold; unwanted mail should reach both. For each message and threshold t it is

    cost * log(1 + exp(score - t))    of wanted mail
           log(1 + exp(t - score))    of unwanted mail

plus pull * (multiplier - 1)^2 for each rule, which keeps the rules that few messages hit near what
they were. Wanted and unwanted mail count the same in all; n messages of one sender count as much as
those of sqrt(n) senders, and the same goes for sets, so that no single one decides. Messages that a
rule holds by its own demand are left out: no weight changes their verdict.

One multiplier after another is moved by a damped Newton step that never makes the loss worse, until
a round over all changes next to nothing.
"""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Terms:
    """What is asked of a fit."""
    low: float = 0.25
    high: float = 2.0
    hold_cost: float = 100.0  # a wanted message held, in unwanted messages missed
    tag_cost: float = 3.0
    pull: float = 30.0  # in messages


ROUNDS = 60
ENOUGH = 1e-5  # of the loss, in one round
HALVINGS = 6


@dataclass
class Pattern:
    """Messages with the same hits, as one."""
    wanted: bool
    weight: float
    scores: dict  # by rule
    sums: dict  # by group, before its cap
    score: float


def _softplus(x):
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _spread(messages, weights, key_of):
    """Divides each weight by the square root of the sum of those with the same key."""
    totals = {}
    for message, weight in zip(messages, weights):
        totals[key_of(message)] = totals.get(key_of(message), 0.0) + weight
    return [weight / math.sqrt(totals[key_of(message)])
            for message, weight in zip(messages, weights)]


def message_weights(messages):
    """By message's place; each label's sum is half of the number of messages."""
    weights = [1.0] * len(messages)
    weights = _spread(messages, weights, lambda message: (message.label, message.sender))
    weights = _spread(messages, weights, lambda message: (message.label, message.set))
    totals = {}
    for message, weight in zip(messages, weights):
        totals[message.label] = totals.get(message.label, 0.0) + weight
    return [weight * len(messages) / 2 / totals[message.label]
            for message, weight in zip(messages, weights)]


class Fit:
    def __init__(self, messages, scoring, terms):
        self.terms = terms
        self.scoring = scoring
        self.rules = sorted({name for message in messages for name in message.hits})
        self.multipliers = dict.fromkeys(self.rules, 1.0)
        self._group = {name: scoring.rules[name].group for name in self.rules}
        self._cap = {scoring.rules[name].group: scoring.rules[name].cap for name in self.rules}
        self._patterns = self._collect(messages)
        self._of_rule = {name: [] for name in self.rules}
        for pattern in self._patterns:
            for name in pattern.scores:
                self._of_rule[name].append(pattern)
        self.loss_before = self.loss()
        self._descend()
        self.loss_after = self.loss()

    def _collect(self, messages):
        weights = {}
        for message, weight in zip(messages, message_weights(messages)):
            if message.hits and not self.scoring.demands(message.hits):
                key = (message.wanted, tuple(sorted(message.hits.items())))
                weights[key] = weights.get(key, 0.0) + weight
        patterns = []
        for (wanted, hits), weight in weights.items():
            sums = {}
            for name, score in hits:
                sums[self._group[name]] = sums.get(self._group[name], 0.0) + score
            pattern = Pattern(wanted, weight, dict(hits), sums, 0.0)
            pattern.score = self._capped(pattern)
            patterns.append(pattern)
        return patterns

    def _capped(self, pattern):
        return sum(min(total, self._cap[group]) for group, total in pattern.sums.items())

    def _cost(self, wanted, score):
        tag, hold = self.scoring.tag, self.scoring.hold
        if wanted:
            return (self.terms.tag_cost * _softplus(score - tag)
                    + self.terms.hold_cost * _softplus(score - hold))
        return _softplus(tag - score) + _softplus(hold - score)

    def _slopes(self, wanted, score):
        """First and second derivative of the cost."""
        at_tag, at_hold = _sigmoid(score - self.scoring.tag), _sigmoid(score - self.scoring.hold)
        bend_tag, bend_hold = at_tag * (1 - at_tag), at_hold * (1 - at_hold)
        if wanted:
            return (self.terms.tag_cost * at_tag + self.terms.hold_cost * at_hold,
                    self.terms.tag_cost * bend_tag + self.terms.hold_cost * bend_hold)
        return at_tag + at_hold - 2, bend_tag + bend_hold

    def loss(self):
        """Of the messages that hit something; the others' can't change."""
        fit = sum(pattern.weight * self._cost(pattern.wanted, pattern.score)
                  for pattern in self._patterns)
        return fit + self.terms.pull * sum((m - 1) ** 2 for m in self.multipliers.values())

    def _descend(self):
        loss = self.loss_before
        for _ in range(ROUNDS):
            gain = sum(self._improve(name) for name in self.rules)
            loss -= gain
            if gain <= ENOUGH * loss:
                break

    def _improve(self, name):
        """Moves one multiplier; gives by how much the loss fell."""
        now = self.multipliers[name]
        slope, bend = 2 * self.terms.pull * (now - 1), 2 * self.terms.pull
        group, cap = self._group[name], self._cap[self._group[name]]
        before = self.terms.pull * (now - 1) ** 2
        for pattern in self._of_rule[name]:
            before += pattern.weight * self._cost(pattern.wanted, pattern.score)
            if pattern.sums[group] >= cap:
                continue
            first, second = self._slopes(pattern.wanted, pattern.score)
            score = pattern.scores[name]
            slope += pattern.weight * first * score
            bend += pattern.weight * second * score * score
        step = -slope / bend
        for _ in range(HALVINGS):
            trial = min(max(now + step, self.terms.low), self.terms.high)
            if abs(trial - now) < 1e-4:
                break
            after = self.terms.pull * (trial - 1) ** 2
            for pattern in self._of_rule[name]:
                total = pattern.sums[group]
                moved = total + (trial - now) * pattern.scores[name]
                score = pattern.score - min(total, cap) + min(moved, cap)
                after += pattern.weight * self._cost(pattern.wanted, score)
            if after < before:
                self._move(name, trial - now)
                self.multipliers[name] = trial
                return before - after
            step /= 2
        return 0.0

    def _move(self, name, by):
        group, cap = self._group[name], self._cap[self._group[name]]
        for pattern in self._of_rule[name]:
            total = pattern.sums[group]
            moved = total + by * pattern.scores[name]
            pattern.score += min(moved, cap) - min(total, cap)
            pattern.sums[group] = moved


def reweighed(messages, scoring, multipliers):
    """The messages as they were judged with these multipliers; a rule without one keeps its."""
    judged = []
    for message in messages:
        hits = {name: score * multipliers.get(name, 1.0) for name, score in message.hits.items()}
        # Hits are rounded, each by itself; their difference has less of that than a new sum.
        score = message.score + scoring.score(hits) - scoring.score(message.hits)
        judged.append(replace(message, hits=hits, score=score,
                              verdict=scoring.verdict(score, hits)))
    return judged
