"""A labelled tree of messages, and what `outvet check` says of each.

A tree has the directories ham (wanted mail) and spam (unwanted mail); the directories in these are
the sets, such as ham/newsletters. Nothing of a message but its path is kept.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LABELS = {"ham": "wanted", "spam": "unwanted"}
VERDICTS = ("accept", "tag", "hold", "reject")

# outvet check ends with the gravest verdict, or with this where it could not read everything: then
# it has told what, and judged the rest.
VERDICT_STATUS = range(4)
UNREADABLE = 66


class Trouble(Exception):
    """What a person can do something about; printed without a traceback."""


@dataclass
class Rule:
    name: str
    group: str
    cap: float  # the most its group adds to a score; infinite where it has no cap
    score: str  # the expression, as it stands in the rule
    ask: str  # what the rule demands by itself: "", "hold" or "reject"
    shadow: bool


@dataclass
class Message:
    path: str  # relative to the tree; "box:3" is the third of an mbox
    label: str  # "ham" or "spam"
    set: str
    kind: str  # the message's class
    score: float
    verdict: str
    hits: dict = field(default_factory=dict)  # what each rule added, by its name
    sender: str = ""  # who sent it; not written to any file

    @property
    def wanted(self):
        return self.label == "ham"

    @property
    def held(self):
        """Rejecting, where it is on, stops a message as holding does."""
        return self.verdict in ("hold", "reject")

    @property
    def stopped_or_tagged(self):
        return self.verdict != "accept"


def add_arguments(parser):
    """What every program on a labelled tree takes."""
    parser.add_argument("tree", metavar="TREE", help="directory with ham/ and spam/")
    parser.add_argument("--out", metavar="DIR", default="build/quality",
                        help="where files are written (%(default)s)")
    parser.add_argument("--config", metavar="FILE", help="settings in place of the defaults")
    parser.add_argument("--rules", metavar="DIR", action="append", default=[],
                        help="rules that override the shipped ones; may be repeated")
    parser.add_argument("--outvet", metavar="PROGRAM", help="the outvet command (build/outvet)")


class Outvet:
    """The outvet command with some settings: those of a file, or the defaults."""

    def __init__(self, options):
        """options: what add_arguments() gave. Without --config the settings are the defaults, with
        the rules of this source tree."""
        self.program = options.outvet or os.path.join(SOURCE, "build", "outvet")
        self.given = options.config
        self.config = options.config
        self.rules_directories = [os.path.abspath(directory) for directory in options.rules]
        if options.config and options.rules:
            raise Trouble("name the directories of rules in the settings file: --config and "
                          "--rules exclude each other")

    def __enter__(self):
        if not self.given:
            directories = [os.path.join(SOURCE, "rules"), *self.rules_directories]
            with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
                file.write("[rules]\ndirectories = " + " ".join(directories) + "\n")
            self.config = file.name
        return self

    def __exit__(self, *_):
        if not self.given:
            os.unlink(self.config)

    def _start(self, *words):
        try:
            return subprocess.Popen([self.program, *words, "--config", self.config],
                                    stdout=subprocess.PIPE, text=True)
        except OSError as error:
            raise Trouble(f"{self.program}: {error.strerror}; `make` builds it") from None

    def _lines(self, *words, status=(0,)):
        """The JSON objects that a subcommand prints, one a line."""
        with self._start(*words) as process:
            for line in process.stdout:
                yield json.loads(line)
        if process.returncode not in status:
            raise Trouble(f"outvet {words[0]} ended with status {process.returncode}")

    def rules(self):
        """Rules by name."""
        return {
            rule["rule"]: Rule(rule["rule"], rule["group"], rule.get("cap", float("inf")),
                               rule["score"], rule.get("ask", ""), rule["shadow"])
            for rule in self._lines("rules", "list", "--json")
        }

    def thresholds(self):
        """The scores from which a message is tagged and held; infinite where that is off."""
        value = {setting["name"]: setting["value"]
                 for setting in self._lines("config", "show", "--all", "--json")
                 if setting["section"] == "verdict"}
        return tuple(float("inf") if value[name] == "off" else float(value[name])
                     for name in ("tag", "hold"))

    def judge(self, tree):
        """Every message of a labelled tree, in order of path."""
        directories = [os.path.join(tree, label) for label in LABELS
                       if os.path.isdir(os.path.join(tree, label))]
        if not directories:
            raise Trouble(f"{tree}: there is neither ham/ nor spam/ in it; put wanted mail into "
                          "ham/SET/ and unwanted mail into spam/SET/")
        answers = self._lines("check", "--json", "--facts", "--no-dns", "--date", "message",
                              *directories, status=(*VERDICT_STATUS, UNREADABLE))
        messages = [_message(answer, tree) for answer in answers]
        if not messages:
            raise Trouble(f"{tree}: there are no messages below ham/ and spam/")
        return messages


def _sender(facts):
    """Who answers for it: the organisation, but of people at a mail provider the person."""
    name = "address" if facts["header.from.freemail"] else "organisation"
    return facts[f"header.from.{name}"] or facts["header.from.address"] or ""


def _message(answer, tree):
    path = os.path.relpath(answer["file"], tree)
    parts = path.split(os.sep)
    if "number" in answer:
        path += f":{answer['number']}"
        name = parts[1].removesuffix(".mbox")
    else:
        name = parts[1] if len(parts) > 2 else "-"
    hits = {hit["rule"]: hit["score"] for hit in answer["hits"] if not hit.get("shadow")}
    return Message(path, parts[0], name, answer["class"], answer["score"], answer["verdict"], hits,
                   _sender(answer["facts"]).lower())


COLUMNS = ("path", "label", "set", "class", "score", "verdict", "rules")


def write_tsv(path, messages):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        print(*COLUMNS, sep="\t", file=file)
        for message in messages:
            hits = " ".join(f"{rule}={score:.2f}" for rule, score in message.hits.items())
            # A file's name may have a tab or line feed in it.
            safe = message.path.translate({9: "?", 10: "?", 13: "?"})
            print(safe, message.label, message.set, message.kind, f"{message.score:.2f}",
                  message.verdict, hits, sep="\t", file=file)


def read_tsv(path):
    """The messages of an earlier run, without senders."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}") from None
    if lines[0].split("\t") != list(COLUMNS):
        raise Trouble(f"{path}: line 1: this is no list of judged messages; its columns should be "
                      + " ".join(COLUMNS))
    messages = []
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        try:
            name, label, set_, kind, score, verdict, hits = line.split("\t")
            pairs = (hit.split("=") for hit in hits.split())
            messages.append(Message(name, label, set_, kind, float(score), verdict,
                                    {rule: float(value) for rule, value in pairs}))
        except ValueError:
            raise Trouble(f"{path}: line {number} has not the columns of line 1") from None
    return messages


def run(main):
    """Runs a program's main, and tells trouble in one line."""
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {trouble}")
    except BrokenPipeError:
        # The reader, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.exit(130)
