"""How hits become a score and a verdict: groups capped, thresholds, the rules' own demands."""

# Scores are printed with two decimals.
ROUNDING = 1e-6

VERDICT_ORDER = {"accept": 0, "tag": 1, "hold": 2, "reject": 3}


class Scoring:
    def __init__(self, rules, tag, hold):
        """rules: labelled.Rule by name. tag, hold: the thresholds."""
        self.rules = rules
        self.tag = tag
        self.hold = hold

    def score(self, hits):
        """hits: what each rule adds, by its name."""
        groups = {}
        for name, score in hits.items():
            group = self.rules[name].group
            groups[group] = groups.get(group, 0.0) + score
        caps = {self.rules[name].group: self.rules[name].cap for name in hits}
        return sum(min(total, caps[group]) for group, total in groups.items())

    def demands(self, hits):
        """A rule asks for more than a score."""
        return any(self.rules[name].ask for name in hits)

    def verdict(self, score, hits):
        """Without rejecting, which is off unless somebody switches it on."""
        score += ROUNDING
        if score >= self.hold or self.demands(hits):
            return "hold"
        return "tag" if score >= self.tag else "accept"

    def milder_without(self, message, name):
        """The rule decides: without it the message's verdict were milder."""
        rest = {rule: score for rule, score in message.hits.items() if rule != name}
        # Hits are rounded, each by itself; their difference has less of that than a new sum.
        score = message.score + self.score(rest) - self.score(message.hits)
        before = VERDICT_ORDER["hold" if message.held else message.verdict]
        return VERDICT_ORDER[self.verdict(score, rest)] < before
